import type * as vscode from 'vscode';
import type { Credentials, KeyedProvider } from './credentials.ts';
import type { Engine } from './engine.ts';
import type { Lazy } from './lazy.ts';
import type { RunService } from './runService.ts';

export interface KeyRenewalOptions {
  readonly credentials: Pick<Credentials, 'onDidChange'>;
  readonly engine: Lazy<Engine>;
  readonly runs: RunService;
  onError(error: unknown): void;
}

/** Brings a key that was set, in this window or another one, to the runs that wait for it. */
export class KeyRenewal implements vscode.Disposable {
  readonly #options: KeyRenewalOptions;
  readonly #subscription: vscode.Disposable;

  constructor(options: KeyRenewalOptions) {
    this.#options = options;
    this.#subscription = options.credentials.onDidChange((provider) => {
      // A window that has run nothing has nothing that waits.
      if (options.engine.started !== undefined) this.renew(provider).catch(options.onError);
    });
  }

  /** Runs under way get the key that is stored now; those that were paused for it go on. */
  async renew(provider: KeyedProvider): Promise<void> {
    const { engine, runs } = this.#options;
    const started = await engine.get();
    await started.renewKey(provider);
    if ((await started.readiness(provider)).kind !== 'ready') return;
    for (const run of runs.runs) {
      const { paused, conversations } = run.state;
      const asks = conversations.some((conversation) => conversation.provider === provider);
      if (paused?.kind === 'auth' && asks) run.resume();
    }
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
