import * as vscode from 'vscode';
import { plural } from '../shared/quantities.ts';
import type { RunState } from '../shared/runState.ts';
import { commands } from './contributionIds.ts';
import { showMessage } from './messages.ts';
import { plainTitle } from './plainText.ts';
import type { HostRun, RunService } from './runService.ts';

/** What `EndNotice` needs. */
export interface EndNoticeOptions {
  readonly runs: RunService;
  /** Whether the user follows the run: its results have been open in this window, and are not in sight now. */
  isMissed(runId: string): boolean;
  /** Called with an error of a button. */
  onError(error: unknown): void;
}

/** Shows one quiet notification when a run ends whose results are not in sight. */
export class EndNotice implements vscode.Disposable {
  readonly #subscription: vscode.Disposable;

  constructor({ runs, isMissed, onError }: EndNoticeOptions) {
    this.#subscription = runs.onDidEmit(({ run, event }) => {
      // The user who cancels a run knows.
      if (event.type !== 'run.finished' || event.state !== 'finished' || !isMissed(run.id)) return;
      tell(run).catch(onError);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

async function tell(run: HostRun): Promise<void> {
  const open = 'Open Results';
  const again = 'Rerun Failed';
  const { counts } = run.state;
  const hasFailed = counts.failed + counts.stopped > 0;
  const choice = await showMessage('information', endWords(run.state), [
    open,
    ...(hasFailed ? [again] : []),
  ]);
  const target = { runId: run.id };
  if (choice === open) await vscode.commands.executeCommand(commands.openResults, target);
  // Somebody may have run them again meanwhile.
  const isOver = run.state.state !== 'running';
  if (choice === again && isOver)
    await vscode.commands.executeCommand(commands.rerunFailed, { ...target, interactive: true });
}

/** `math.prompts.md: 18 of 20 conversations done, 2 failed.` */
function endWords({ started, counts, conversations }: RunState): string {
  const total = conversations.length;
  const trouble = (['failed', 'stopped', 'cancelled'] as const)
    .filter((phase) => counts[phase] > 0)
    .map((phase) => `, ${counts[phase]} ${phase}`);
  const done = `${counts.done} of ${plural(total, 'conversation')} done`;
  return `${plainTitle(started.title)}: ${done}${trouble.join('')}.`;
}
