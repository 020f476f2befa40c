import type * as vscode from 'vscode';
import { EventEmitter } from './fakeWindow.ts';

/** The workspace's or the window's memory; a later window is given the same one. */
export class FakeMemory {
  readonly values = new Map<string, unknown>();

  get memento(): vscode.Memento {
    return this as unknown as vscode.Memento;
  }

  get(key: string): unknown {
    return this.values.get(key);
  }

  async update(key: string, value: unknown): Promise<void> {
    // What VS Code keeps is JSON.
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, JSON.parse(JSON.stringify(value)));
  }
}

/** What a keyring does when it is asked. */
export type Keyring = 'works' | 'throws' | 'silent';

/** A computer's keyring; `window` gives the secret storage of one more window on it. */
export class FakeKeyring {
  does: Keyring = 'works';
  /** How often it was asked for a key. */
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

  /** Answers everything that was asked while it was silent. */
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
