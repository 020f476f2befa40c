import * as vscode from 'vscode';
import type { ConversationError } from '../shared/conversationEvents.ts';
import { commands } from './contributionIds.ts';
import type { HostRun, RunService } from './runService.ts';

/**
 * Says once, for all conversations it holds back, that a run is paused, and offers the remedy: a
 * refused key can be set anew, a used-up quota is mended at the provider, and then the run goes on.
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

async function offerRemedy(run: HostRun, { kind, message }: ConversationError): Promise<void> {
  const setKey = 'Set API Key…';
  const resume = 'Resume';
  const cancel = 'Cancel Run';
  // VS Code's own models have no key: what they lack is a person's leave, which is asked for again.
  const hasKey = run.state.started.agent.provider !== 'vscode';
  const choices = kind === 'auth' && hasKey ? [setKey, resume, cancel] : [resume, cancel];
  const text = `${run.state.started.title} is paused. ${message}`;
  const choice = await vscode.window.showWarningMessage(text, ...choices);
  if (choice === setKey) await vscode.commands.executeCommand(commands.setApiKey);
  if (choice === resume) run.resume();
  if (choice === cancel) run.cancel();
}
