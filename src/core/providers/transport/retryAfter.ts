/** A month, in ms: nobody waits for more, and dates that are farther away are not all dates. */
export const longestWaitMs = 31 * 86_400_000;

/** A plain number that comes to more, in ms, was meant in another unit. */
const plausibleMs = 86_400_000;

/** A wait that a server asks for. */
export interface AskedWait {
  readonly ms: number;
  /** The header as it came, where its number had to be read in another unit than the usual one. */
  readonly odd?: string;
}

type Header = (name: string) => string | undefined;

/**
 * How long the server asks to wait: `retry-after-ms`, else `retry-after` in seconds or as an HTTP date.
 * Undefined when it does not say, or says something without sense. A number of more than a day is read as
 * a time since the epoch, or as milliseconds, where that is plausible. `nowMs` is the time since the epoch.
 */
export function askedWait(header: Header, nowMs: number): AskedWait | undefined {
  const exact = decimal(header('retry-after-ms'));
  if (exact !== undefined) return { ms: Math.min(exact, longestWaitMs) };
  const text = header('retry-after');
  const number = decimal(text);
  if (number === undefined) {
    const ms = untilDate(text, nowMs);
    return ms === undefined ? undefined : { ms: Math.min(ms, longestWaitMs) };
  }
  if (number * 1000 <= plausibleMs) return { ms: number * 1000 };
  const odd = `retry-after: ${text?.trim()}`;
  const ms = untilEpoch(number, nowMs) ?? number;
  return ms <= plausibleMs ? { ms, odd } : undefined;
}

/** Seconds, or milliseconds, since the epoch: from a number of this size on. */
const epochSeconds = 1e9;
const epochMs = 1e12;

/** Milliseconds until a time given as seconds or milliseconds since the epoch; undefined for a smaller number. */
export function untilEpoch(number: number, nowMs: number): number | undefined {
  if (number < epochSeconds) return undefined;
  return Math.max(0, (number < epochMs ? number * 1000 : number) - nowMs);
}

function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function untilDate(text: string | undefined, nowMs: number): number | undefined {
  // Every HTTP date begins with a weekday; Date.parse alone would take "-5" for a date.
  if (text === undefined || !/^\s*[A-Za-z]{3}/.test(text)) return undefined;
  const waitMs = Date.parse(text) - nowMs;
  return waitMs >= 0 ? waitMs : undefined;
}
