import type * as vscode from 'vscode';
import type { Credentials, KeyedProviderId } from './credentials.ts';
import type { Engine } from './engine.ts';
import type { Lazy } from './lazy.ts';
import type { RunService } from './runService.ts';

/** What `KeyRenewal` needs. */
export interface KeyRenewalOptions {
  readonly credentials: Pick<Credentials, 'onDidChange'>;
  readonly engine: Lazy<Engine>;
  readonly runs: RunService;
  onError(error: unknown): void;
}

/** Gives a changed key, set in this window or another, to the runs in progress. */
export class KeyRenewal implements vscode.Disposable {
  readonly #options: KeyRenewalOptions;
  readonly #subscription: vscode.Disposable;

  constructor(options: KeyRenewalOptions) {
    this.#options = options;
    this.#subscription = options.credentials.onDidChange((provider) => {
      // Without an engine, this window has no runs.
      if (options.engine.started !== undefined) this.renew(provider).catch(options.onError);
    });
  }

  /** Gives runs in progress the stored key and resumes those that are paused because of the key. */
  async renew(provider: KeyedProviderId): Promise<void> {
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
