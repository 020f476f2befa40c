import type { ErrorKind } from './outcome.ts';
import type { Wait } from './wait.ts';

/**
 * A wait for the next attempt in words: `reconnecting (2/8)` after a lost connection, `no data for 60 s,
 * reconnecting (2/8)` after a timeout, `retrying (3/8)` after any other failure.
 */
export function repetitionWords(
  { attempt, of, cause }: Pick<Wait, 'attempt' | 'of' | 'cause'>,
  failure: ErrorKind | undefined,
): string {
  const what = failure === 'network' ? 'reconnecting' : 'retrying';
  const count = attempt === undefined || of === undefined ? '' : ` (${attempt}/${of})`;
  return `${cause === undefined ? '' : `${cause}, `}${what}${count}`;
}

/** A time of day further away than this, in ms, is shown with its date. */
const farMs = 20 * 3_600_000;

/** `until 14:05`, in local time, with the date if it is far away. `leftMs` is the time until then. */
export function untilWords(untilTime: string, leftMs: number): string {
  const time = new Date(untilTime);
  if (Number.isNaN(time.getTime())) return '';
  const clock = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (leftMs < farMs) return `until ${clock}`;
  return `until ${time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${clock}`;
}
