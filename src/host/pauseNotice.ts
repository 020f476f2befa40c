import * as vscode from 'vscode';
import type { ConversationError, ErrorKind } from '../shared/outcome.ts';
import type { CommandId } from './contributionIds.ts';
import { commands } from './contributionIds.ts';
import { showMessage } from './messages.ts';
import { plainTitle } from './plainText.ts';
import type { HostRun, RunService } from './runService.ts';

/**
 * Shows one notification when a run is paused, with buttons to fix the cause, resume or cancel. The buttons do
 * nothing once that pause has ended.
 */
export class PauseNotice implements vscode.Disposable {
  readonly #subscription: vscode.Disposable;

  constructor(runs: RunService) {
    this.#subscription = runs.onDidEmit(({ run, event }) => {
      if (event.type === 'run.paused') void offerRemedy(run, event.error);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

async function offerRemedy(run: HostRun, pause: ConversationError): Promise<void> {
  const { kind, message } = pause;
  const { title, agent } = run.state.started;
  const remedy = remedyFor(kind, agent.provider);
  const choices = [...(remedy === undefined ? [] : [remedy.label]), resume, cancel];
  const text = `${plainTitle(title)} is paused. ${message}`;
  const choice = await showMessage('warning', text, choices);
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
