/** Delays are capped at a month, in ms. Longer ones are usually not delays at all. */
export const maxRetryDelayMs = 31 * 86_400_000;

/** Numbers that mean more than this, in ms, are in another unit. */
const plausibleMs = 86_400_000;

/** The delay before a retry that a server asks for. */
export interface ServerDelay {
  readonly ms: number;
  /** The header verbatim, if the unit of its number had to be guessed. */
  readonly guessedFrom?: string;
}

/** Looks up a header by its lower-case name. */
export type HeaderLookup = (name: string) => string | undefined;

/**
 * The delay in `retry-after-ms`, else in `retry-after`, in seconds or as an HTTP date. Undefined when the
 * headers are missing or make no sense. A number of more than a day is read as a time since the epoch or
 * as milliseconds, if that is plausible. `nowMs` is the time since the epoch.
 */
export function retryAfter(header: HeaderLookup, nowMs: number): ServerDelay | undefined {
  const exact = decimal(header('retry-after-ms'));
  if (exact !== undefined) return { ms: Math.min(exact, maxRetryDelayMs) };
  const text = header('retry-after') ?? '';
  const number = decimal(text);
  if (number === undefined) {
    const ms = untilDate(text, nowMs);
    return ms === undefined ? undefined : { ms: Math.min(ms, maxRetryDelayMs) };
  }
  if (number * 1000 <= plausibleMs) return { ms: number * 1000 };
  const guessedFrom = `retry-after: ${text.trim()}`;
  const ms = untilEpoch(number, nowMs) ?? number;
  return ms <= plausibleMs ? { ms, guessedFrom } : undefined;
}

/** Numbers from here on are seconds, or milliseconds, since the epoch. */
const epochSeconds = 1e9;
const epochMs = 1e12;

/** Milliseconds until a time since the epoch, in seconds or ms; undefined for smaller numbers. */
export function untilEpoch(number: number, nowMs: number): number | undefined {
  if (number < epochSeconds) return undefined;
  return Math.max(0, (number < epochMs ? number * 1000 : number) - nowMs);
}

function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function untilDate(text: string, nowMs: number): number | undefined {
  // HTTP dates begin with a weekday; Date.parse alone accepts "-5".
  if (!/^\s*[A-Za-z]{3}/.test(text)) return undefined;
  const waitMs = Date.parse(text) - nowMs;
  return waitMs >= 0 ? waitMs : undefined;
}
