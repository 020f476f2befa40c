import * as vscode from 'vscode';
import type { Clock } from '../core/base/clock.ts';
import { systemClock } from '../core/base/clock.ts';
import type { KeyedProviderId } from '../core/providers/baseUrl.ts';
import { messageOf } from '../shared/thrown.ts';
import { DisposableStore } from './disposables.ts';

export type { KeyedProviderId };

const keyedProviders: readonly KeyedProviderId[] = ['anthropic', 'openai'];

interface StoredKey {
  readonly origin: string;
  readonly key: string;
}

/** The key for a provider and origin (`scheme://host:port`). */
export type KeyLookup =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'none' }
  /** The key was entered for another server and must not be sent to this one. */
  | { readonly kind: 'otherOrigin'; readonly origin: string };

/** Whether a key is stored or held in memory only. */
export type SavedKey =
  | { readonly kind: 'kept' }
  /** The secret storage failed. The key is available in this window only. `reason` is a sentence. */
  | { readonly kind: 'windowOnly'; readonly reason: string };

/** Timeout of the secret storage, in ms. Long enough for the user to unlock a keyring. */
const answerMs = 15_000;

/** Callbacks of `Credentials`. */
export interface CredentialListeners {
  /** Called with every key before it is used, so that it can be redacted everywhere. */
  onKey(key: string): void;
  /** Called once when stored keys cannot be read. */
  onTrouble(message: string): void;
}

/**
 * API keys in VS Code's secret storage. If the storage fails, a key is held in memory for this window. Each key
 * is bound to the origin (`scheme://host:port`) it was entered for and never returned for another one.
 */
export class Credentials implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #listeners: CredentialListeners;
  readonly #clock: Clock;
  readonly #changed = new vscode.EventEmitter<KeyedProviderId>();
  readonly #disposables = new DisposableStore();
  /** Keys in memory, because they are not stored yet or storing failed. */
  readonly #held = new Map<KeyedProviderId, StoredKey>();
  /** The text that this window last stored, to ignore the change event of its own write. */
  readonly #written = new Map<KeyedProviderId, string | undefined>();
  /** Number of reads that timed out and are still pending. While there are any, further reads return nothing. */
  #silentReads = 0;
  #hasReportedTrouble = false;

  /** Another window changed the key of a provider. */
  readonly onDidChange = this.#changed.event;

  constructor(
    secrets: vscode.SecretStorage,
    listeners: CredentialListeners,
    clock: Clock = systemClock,
  ) {
    this.#secrets = secrets;
    this.#listeners = listeners;
    this.#clock = clock;
    this.#disposables.add(this.#changed);
    this.#disposables.add(
      secrets.onDidChange(({ key }) => {
        const provider = keyedProviders.find((known) => secretName(known) === key);
        if (provider !== undefined) void this.#follow(provider);
      }),
    );
  }

  /** The key for a provider and origin. Resolves with `none` when the storage fails or times out. */
  async find(provider: KeyedProviderId, origin: string): Promise<KeyLookup> {
    const stored = this.#held.get(provider) ?? parseStored(await this.#read(provider));
    if (stored === undefined) return { kind: 'none' };
    this.#listeners.onKey(stored.key);
    if (stored.origin !== origin) return { kind: 'otherOrigin', origin: stored.origin };
    return { kind: 'key', key: stored.key };
  }

  /** Stores a key for an origin. Does not reject: if the storage fails, the key is held in memory. */
  async save(provider: KeyedProviderId, origin: string, key: string): Promise<SavedKey> {
    this.#listeners.onKey(key);
    const stored: StoredKey = { origin, key };
    const text = JSON.stringify(stored);
    // Held until it is stored, so that it can be used immediately.
    this.#held.set(provider, stored);
    this.#written.set(provider, text);
    try {
      const storing = Promise.resolve(this.#secrets.store(secretName(provider), text));
      await this.#inTime(storing.then(() => this.#release(provider, stored)));
      return { kind: 'kept' };
    } catch (error) {
      return { kind: 'windowOnly', reason: reasonOf(error) };
    }
  }

  /** Deletes a key. Rejects when the storage fails or times out; the key is removed from memory even then. */
  async delete(provider: KeyedProviderId): Promise<void> {
    this.#held.delete(provider);
    this.#written.set(provider, undefined);
    await this.#inTime(Promise.resolve(this.#secrets.delete(secretName(provider))));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #release(provider: KeyedProviderId, stored: StoredKey): void {
    if (this.#held.get(provider) === stored) this.#held.delete(provider);
  }

  async #follow(provider: KeyedProviderId): Promise<void> {
    const text = await this.#read(provider);
    if (this.#written.has(provider) && this.#written.get(provider) === text) return;
    this.#written.set(provider, text);
    // The key stored last wins, whichever window stored it.
    if (text !== undefined) this.#held.delete(provider);
    this.#changed.fire(provider);
  }

  async #read(provider: KeyedProviderId): Promise<string | undefined> {
    if (this.#silentReads > 0) return undefined;
    const reading = Promise.resolve().then(() => this.#secrets.get(secretName(provider)));
    try {
      return await this.#inTime(reading);
    } catch (error) {
      if (error instanceof NoAnswerError) this.#awaitLate(reading);
      this.#reportTrouble(error);
      return undefined;
    }
  }

  /** Allows reads again when the pending one settles. */
  #awaitLate(reading: Promise<unknown>): void {
    this.#silentReads++;
    const answered = (): void => {
      this.#silentReads--;
    };
    reading.then(answered, answered);
  }

  #reportTrouble(error: unknown): void {
    if (this.#hasReportedTrouble) return;
    this.#hasReportedTrouble = true;
    this.#listeners.onTrouble(
      `Could not read the stored API keys: ${reasonOf(error)} Check the keyring of this computer, or run "Interleave: Set API Key…" to set the key for this window.`,
    );
  }

  /** Rejects with a `NoAnswerError` after `answerMs`. */
  async #inTime<T>(answer: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = this.#clock.after(answerMs, () => late.reject(new NoAnswerError()));
    try {
      return await Promise.race([answer, late.promise]);
    } finally {
      timer.dispose();
    }
  }
}

class NoAnswerError extends Error {
  constructor() {
    super(`VS Code's secret storage did not answer within ${answerMs / 1000} s.`);
  }
}

/** The message of an error as a sentence. */
function reasonOf(error: unknown): string {
  const message = messageOf(error).trim();
  if (message === '') return "VS Code's secret storage failed.";
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

function secretName(provider: KeyedProviderId): string {
  return `interleave.key.${provider}`;
}

/** Undefined for a malformed value. */
function parseStored(text: string | undefined): StoredKey | undefined {
  if (text === undefined) return undefined;
  try {
    const { origin, key } = JSON.parse(text) as Partial<StoredKey>;
    return typeof origin === 'string' && typeof key === 'string' ? { origin, key } : undefined;
  } catch {
    return undefined;
  }
}
