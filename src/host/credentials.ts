import type * as vscode from 'vscode';

/** Providers that have a key of their own. */
export type KeyedProvider = 'anthropic' | 'openai';

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

/**
 * Keys, in VS Code's encrypted secret storage and nowhere else. A key is bound to the
 * `scheme://host:port` it was entered for and is never given out for another one.
 */
export class Credentials {
  readonly #secrets: vscode.SecretStorage;
  readonly #onKey: (key: string) => void;

  /** `onKey` hears of every key before anyone else does, so that it is known wherever it may show. */
  constructor(secrets: vscode.SecretStorage, onKey: (key: string) => void) {
    this.#secrets = secrets;
    this.#onKey = onKey;
  }

  async find(provider: KeyedProvider, origin: string): Promise<KeyLookup> {
    const stored = parseStored(await this.#secrets.get(secretName(provider)));
    if (stored === undefined) return { kind: 'none' };
    this.#onKey(stored.key);
    if (stored.origin !== origin) return { kind: 'otherOrigin', origin: stored.origin };
    return { kind: 'key', key: stored.key };
  }

  async save(provider: KeyedProvider, origin: string, key: string): Promise<void> {
    this.#onKey(key);
    const stored: StoredKey = { origin, key };
    await this.#secrets.store(secretName(provider), JSON.stringify(stored));
  }

  async delete(provider: KeyedProvider): Promise<void> {
    await this.#secrets.delete(secretName(provider));
  }
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
