import type * as vscode from 'vscode';
import { EventEmitter } from './fakeWindow.ts';

/** The memento of a workspace or window; a later window can get the same one. */
export class FakeMemory {
  readonly values = new Map<string, unknown>();

  get memento(): vscode.Memento {
    return this as unknown as vscode.Memento;
  }

  get(key: string): unknown {
    return this.values.get(key);
  }

  async update(key: string, value: unknown): Promise<void> {
    // VS Code stores JSON.
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, JSON.parse(JSON.stringify(value)));
  }
}

/** What a keyring does with a request. */
export type Keyring = 'works' | 'throws' | 'silent';

/** A computer's keyring; `window` returns the secret storage of another window that uses it. */
export class FakeKeyring {
  does: Keyring = 'works';
  /** Number of requests for a key. */
  reads = 0;
  readonly #values = new Map<string, string>();
  readonly #changed = new EventEmitter<{ readonly key: string }>();
  #answers: (() => void)[] = [];

  window(): vscode.SecretStorage {
    const storage = {
      onDidChange: this.#changed.event,
      get: (key: string) => {
        this.reads++;
        return this.#answer(() => this.#values.get(key));
      },
      store: (key: string, value: string) =>
        this.#answer(() => {
          this.#values.set(key, value);
          this.#changed.fire({ key });
        }),
      delete: (key: string) =>
        this.#answer(() => {
          this.#values.delete(key);
          this.#changed.fire({ key });
        }),
    };
    return storage as unknown as vscode.SecretStorage;
  }

  /** Answers all requests made while it was silent. */
  wake(): void {
    this.does = 'works';
    for (const answer of this.#answers.splice(0)) answer();
  }

  async #answer<T>(act: () => T): Promise<T> {
    if (this.does === 'throws') throw new Error('The keyring is not there');
    if (this.does === 'silent') await new Promise<void>((resolve) => this.#answers.push(resolve));
    return act();
  }
}
