import { setTimeout as delay } from 'node:timers/promises';

const INTERVAL_MS = 100;

/** How long to ask, and what to say when there is no answer. */
export interface PollOptions {
  readonly timeoutMs: number;
  /** Describes the current state, for the error message. */
  readonly explain: () => Promise<string>;
}

/**
 * Calls `ask` until it returns a value. An error counts as no value, since the page may change
 * meanwhile.
 *
 * @throws Error with the explanation on timeout.
 */
export async function poll<T>(ask: () => Promise<T | undefined>, options: PollOptions): Promise<T> {
  const deadline = Date.now() + options.timeoutMs;
  let lastError: unknown;
  do {
    try {
      const answer = await ask();
      if (answer !== undefined) {
        return answer;
      }
    } catch (error) {
      lastError = error;
    }
    await delay(INTERVAL_MS);
  } while (Date.now() < deadline);
  throw new Error(`${await options.explain()} (after ${options.timeoutMs / 1000} s)`, {
    cause: lastError,
  });
}
