/** A month, in ms: nobody waits for more, and dates that are farther away are not all dates. */
export const longestWaitMs = 31 * 86_400_000;

/**
 * How long the server asks to wait, in ms: `retry-after-ms`, else `retry-after` in seconds or as an
 * HTTP date. Undefined when it does not say, or says something without sense. `nowMs` is the time
 * since the epoch.
 */
export function retryAfterMs(
  header: (name: string) => string | undefined,
  nowMs: number,
): number | undefined {
  const waitMs =
    decimal(header('retry-after-ms')) ??
    scaled(decimal(header('retry-after')), 1000) ??
    untilDate(header('retry-after'), nowMs);
  return waitMs === undefined ? undefined : Math.min(waitMs, longestWaitMs);
}

function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

function untilDate(text: string | undefined, nowMs: number): number | undefined {
  // Every HTTP date begins with a weekday; Date.parse alone would take "-5" for a date.
  if (text === undefined || !/^\s*[A-Za-z]{3}/.test(text)) return undefined;
  const waitMs = Date.parse(text) - nowMs;
  return waitMs >= 0 ? waitMs : undefined;
}
