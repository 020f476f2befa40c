import type { Message } from '../message.ts';

/** Returns what was built from a message before, instead of building it again. */
export type BuildOnce = <T extends object>(message: Message, build: () => T) => T;

/** Builds every time. */
export const buildAlways: BuildOnce = (_, build) => build();

/** The last parts of a request: marks for the prompt cache move, so these are other ones in the next request. */
const changingParts = 4;

/**
 * Keeps what was built from the messages of long histories, and its JSON. Without that, each turn would cost as much
 * as all turns before it: messages never change, and every request has all of them.
 */
export class BuiltMessages {
  #refused: ReadonlySet<string> = new Set();
  #built = new WeakMap<Message, object>();
  readonly #jsons = new WeakMap<object, string>();

  /** Builds once for each message, as long as the server refuses the same. */
  once(refused: ReadonlySet<string>): BuildOnce {
    if (!isSameSet(refused, this.#refused)) this.#built = new WeakMap();
    this.#refused = refused;
    const built = this.#built;
    return <T extends object>(message: Message, build: () => T): T => {
      // A message is always built by the same builder, so what is found has the type of what it builds.
      const known = built.get(message) as T | undefined;
      if (known !== undefined) return known;
      const made = build();
      built.set(message, made);
      return made;
    };
  }

  /** The JSON of the parts of a request. */
  json(parts: readonly unknown[]): string {
    const lasting = parts.length - changingParts;
    return `[${parts.map((part, place) => this.#jsonOf(part, place < lasting)).join(',')}]`;
  }

  #jsonOf(part: unknown, isLasting: boolean): string {
    if (typeof part !== 'object' || part === null) return JSON.stringify(part);
    const known = this.#jsons.get(part);
    if (known !== undefined) return known;
    const json = JSON.stringify(part);
    if (isLasting) this.#jsons.set(part, json);
    return json;
  }
}

export function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a === b || (a.size === b.size && [...a].every((name) => b.has(name)));
}
