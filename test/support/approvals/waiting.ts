import type { Inbox } from '../../../src/core/approvals/inbox/inbox.ts';
import { Approvals } from '../../../src/host/approvals.ts';
import { settled } from '../settled.ts';
import type { AskingRun } from './askingRuns.ts';
import { startAsking } from './askingRuns.ts';

/** What waits in a window with one run. */
export interface WaitingRun extends AskingRun {
  readonly approvals: Approvals;
  readonly runs: { find(id: string): AskingRun['run'] | undefined };
  ids(): readonly string[];
}

/** Starts a run whose conversations ask for what `asks` says, and waits until they do. */
export async function waitingRun(
  asks: Parameters<typeof startAsking>[0],
  prompts: readonly string[],
  rules = '',
): Promise<WaitingRun> {
  const asked = startAsking(asks, { prompts, rules });
  const approvals = approvalsOf(asked.inbox);
  await settled();
  // Many conversations start over several turns of the event loop.
  while (asked.run.state.conversations.some(({ phase }) => phase === 'queued')) await settled();
  return {
    ...asked,
    approvals,
    runs: { find: (id) => (id === asked.run.id ? asked.run : undefined) },
    ids: () => approvals.requests().map(({ id }) => id),
  };
}

function approvalsOf(inbox: Inbox): Approvals {
  const approvals = new Approvals();
  approvals.connect(inbox);
  return approvals;
}
