import type { ErrorKind } from './conversationEvents.ts';
import type { Wait } from './wait.ts';

/**
 * What a wait for another attempt says: `reconnecting (2/8)` when the connection broke off, `no data for
 * 60 s, reconnecting (2/8)` when it fell silent, `trying again (3/8)` after all else.
 */
export function repetitionWords(
  { attempt, of, cause }: Pick<Wait, 'attempt' | 'of' | 'cause'>,
  failure: ErrorKind | undefined,
): string {
  const what = failure === 'network' ? 'reconnecting' : 'trying again';
  const count = attempt === undefined || of === undefined ? '' : ` (${attempt}/${of})`;
  return `${cause === undefined ? '' : `${cause}, `}${what}${count}`;
}

/** From so far away on, in ms, a time of day needs its date. */
const farMs = 20 * 3_600_000;

/** `until 14:05`, in local time, with its date when it is far away; `leftMs` is how far. */
export function untilWords(untilTime: string, leftMs: number): string {
  const time = new Date(untilTime);
  if (Number.isNaN(time.getTime())) return '';
  const clock = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (leftMs < farMs) return `until ${clock}`;
  return `until ${time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${clock}`;
}
