import type { LoopbackServer } from '../../support/loopback/loopbackServer.ts';
import { answer, startScriptedModel } from '../../support/loopback/scriptedModel.ts';
import { promptFile } from './promptFile.ts';

/** Two prompts of which one gets no answer until the test releases it, so that their run stays open. */
export class HeldPrompt {
  static readonly names = ['Quick', 'Held'];
  /** The text of their prompt file. */
  static readonly file = promptFile(HeldPrompt.names);
  readonly #release = Promise.withResolvers<void>();

  /** Starts the model that answers them. */
  startModel(): Promise<LoopbackServer> {
    return startScriptedModel((prompt) =>
      prompt === 'Held'
        ? [{ do: 'wait', for: this.#release.promise }, ...answer('Held no more.')]
        : answer('At once.'),
    );
  }

  /** Lets the model answer. */
  release(): void {
    this.#release.resolve();
  }
}
