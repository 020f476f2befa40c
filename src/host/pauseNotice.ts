import * as vscode from 'vscode';
import type { ConversationError, ErrorKind } from '../shared/outcome.ts';
import type { CommandId } from './contributionIds.ts';
import { commands } from './contributionIds.ts';
import type { Notices } from './notices.ts';
import { plainTitle } from './plainText.ts';
import type { HostRun, RunService } from './runService.ts';

/**
 * Asks what to do when a run is paused: fix the cause, resume or cancel. The question is withdrawn when the pause
 * ends.
 */
export class PauseNotice implements vscode.Disposable {
  readonly #subscription: vscode.Disposable;

  constructor(runs: RunService, notices: Notices) {
    this.#subscription = runs.onDidEmit(({ run, event }) => {
      if (event.type === 'run.paused') void offerRemedy(run, event.error, notices);
      const isOver = event.type === 'run.resumed' || event.type === 'run.finished';
      if (isOver) notices.withdraw(idOf(run));
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

function idOf({ id }: HostRun): string {
  return `paused ${id}`;
}

async function offerRemedy(
  run: HostRun,
  pause: ConversationError,
  notices: Notices,
): Promise<void> {
  const { kind, message } = pause;
  const { title, agent } = run.state.started;
  const remedy = remedyFor(kind, agent.provider);
  const choices = [...(remedy === undefined ? [] : [remedy.label]), resume, cancel];
  const text = `${plainTitle(title)} is paused. ${message}`;
  const notice = { id: idOf(run), text, choices, runId: run.id };
  const choice = await notices.ask({ ...notice, severity: 'warning' });
  if (run.state.paused !== pause) return;
  if (remedy !== undefined && choice === remedy.label)
    await vscode.commands.executeCommand(remedy.command);
  if (choice === resume) run.resume();
  if (choice === cancel) run.cancel();
}

const resume = 'Resume';
const cancel = 'Cancel Run';

interface PauseRemedy {
  readonly label: string;
  readonly command: CommandId;
}

/** Models in VS Code have no API key, so *Select Model…* is offered for them. */
function remedyFor(kind: ErrorKind, provider: string): PauseRemedy | undefined {
  const select = { label: 'Select Model…', command: commands.selectModel };
  if (provider === 'vscode') {
    return kind === 'auth' || kind === 'quota' || kind === 'not_found' ? select : undefined;
  }
  return kind === 'auth' ? { label: 'Set API Key…', command: commands.setApiKey } : undefined;
}
