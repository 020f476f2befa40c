import { setTimeout as delay } from 'node:timers/promises';

const INTERVAL_MS = 100;

export interface PollOptions {
  readonly timeoutMs: number;
  /** What is there instead, for the error message. */
  readonly explain: () => Promise<string>;
}

/**
 * Asks again and again until there is an answer. An error counts as no answer: the page changes
 * while it is looked at.
 *
 * @throws Error with the explanation when the time is over.
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
