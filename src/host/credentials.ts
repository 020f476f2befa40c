import * as vscode from 'vscode';
import type { Clock } from '../core/base/clock.ts';
import { systemClock } from '../core/base/clock.ts';
import { messageOf } from '../shared/thrown.ts';
import { DisposableStore } from './disposables.ts';

/** Providers that have a key of their own. */
export type KeyedProvider = 'anthropic' | 'openai';

const keyedProviders: readonly KeyedProvider[] = ['anthropic', 'openai'];

interface StoredKey {
  readonly origin: string;
  readonly key: string;
}

/** What is known of the key for one provider and origin. */
export type KeyLookup =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'none' }
  /** There is a key, but it was entered for another server and must not be sent to this one. */
  | { readonly kind: 'otherOrigin'; readonly origin: string };

/** Whether a key is kept for later windows. */
export type SavedKey =
  | { readonly kind: 'kept' }
  /** The secret storage did not take it: it holds for this window. */
  | { readonly kind: 'windowOnly'; readonly reason: string };

/** How long the secret storage may take, in ms: a person may have to unlock a keyring. */
const answerMs = 15_000;

export interface CredentialListeners {
  /** Hears of every key before anyone else does, so that it is known wherever it may show. */
  onKey(key: string): void;
  /** Hears, once, that keys cannot be read. */
  onTrouble(message: string): void;
}

/**
 * Keys, in VS Code's encrypted secret storage. A key that the storage does not take is held in memory for
 * this window. A key is bound to the `scheme://host:port` it was entered for and is never given out for
 * another one.
 */
export class Credentials implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #listeners: CredentialListeners;
  readonly #clock: Clock;
  readonly #changed = new vscode.EventEmitter<KeyedProvider>();
  readonly #disposables = new DisposableStore();
  /** Keys that the secret storage did not take. */
  readonly #held = new Map<KeyedProvider, StoredKey>();
  /** What this window stored last, as text. Its own change is no news to it. */
  readonly #written = new Map<KeyedProvider, string | undefined>();
  /** Reads that have no answer yet after `answerMs`. Nobody waits for another one meanwhile. */
  #silentReads = 0;
  #hasToldTrouble = false;

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

  /** A storage that fails or does not answer counts as one without a key. */
  async find(provider: KeyedProvider, origin: string): Promise<KeyLookup> {
    const stored = this.#held.get(provider) ?? parseStored(await this.#read(provider));
    if (stored === undefined) return { kind: 'none' };
    this.#listeners.onKey(stored.key);
    if (stored.origin !== origin) return { kind: 'otherOrigin', origin: stored.origin };
    return { kind: 'key', key: stored.key };
  }

  async save(provider: KeyedProvider, origin: string, key: string): Promise<SavedKey> {
    this.#listeners.onKey(key);
    const stored: StoredKey = { origin, key };
    const text = JSON.stringify(stored);
    // Held until it is stored, so that it is there at once whatever the storage does.
    this.#held.set(provider, stored);
    this.#written.set(provider, text);
    try {
      const storing = Promise.resolve(this.#secrets.store(secretName(provider), text));
      await this.#inTime(storing.then(() => this.#letGo(provider, stored)));
      return { kind: 'kept' };
    } catch (error) {
      return { kind: 'windowOnly', reason: reasonOf(error) };
    }
  }

  /** Rejects when the storage does not delete it; this window has forgotten it all the same. */
  async delete(provider: KeyedProvider): Promise<void> {
    this.#held.delete(provider);
    this.#written.set(provider, undefined);
    await this.#inTime(Promise.resolve(this.#secrets.delete(secretName(provider))));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #letGo(provider: KeyedProvider, stored: StoredKey): void {
    if (this.#held.get(provider) === stored) this.#held.delete(provider);
  }

  async #follow(provider: KeyedProvider): Promise<void> {
    const text = await this.#read(provider);
    if (this.#written.has(provider) && this.#written.get(provider) === text) return;
    this.#written.set(provider, text);
    // What was stored last, here or elsewhere, is what counts.
    if (text !== undefined) this.#held.delete(provider);
    this.#changed.fire(provider);
  }

  async #read(provider: KeyedProvider): Promise<string | undefined> {
    if (this.#silentReads > 0) return undefined;
    const reading = Promise.resolve().then(() => this.#secrets.get(secretName(provider)));
    try {
      return await this.#inTime(reading);
    } catch (error) {
      if (error instanceof NoAnswerError) this.#awaitLate(reading);
      this.#tellTrouble(error);
      return undefined;
    }
  }

  /** As soon as the storage answers, it is asked again. */
  #awaitLate(reading: Promise<unknown>): void {
    this.#silentReads++;
    const answered = (): void => {
      this.#silentReads--;
    };
    reading.then(answered, answered);
  }

  #tellTrouble(error: unknown): void {
    if (this.#hasToldTrouble) return;
    this.#hasToldTrouble = true;
    this.#listeners.onTrouble(
      `Stored keys cannot be read: ${reasonOf(error)} Check the keyring of this computer, or set the key for this window with "Interleave: Set API Key…".`,
    );
  }

  /** Rejects with a `NoAnswerError` when it takes too long. */
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

/** A sentence. */
function reasonOf(error: unknown): string {
  const message = messageOf(error).trim();
  if (message === '') return "VS Code's secret storage failed.";
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

function secretName(provider: KeyedProvider): string {
  return `interleave.key.${provider}`;
}

/** A value that cannot be read counts as no key. */
function parseStored(text: string | undefined): StoredKey | undefined {
  if (text === undefined) return undefined;
  try {
    const { origin, key } = JSON.parse(text) as Partial<StoredKey>;
    return typeof origin === 'string' && typeof key === 'string' ? { origin, key } : undefined;
  } catch {
    return undefined;
  }
}
