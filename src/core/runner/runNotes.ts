import { formatDuration, plural } from '../../shared/quantities.ts';
import { untilWords } from '../../shared/waitWords.ts';

/** Says why a run is stopped that would wait longer than it may, and how it goes on. */
export function waitNote(id: string, maxWaitMs: number, forMs: number | undefined): string {
  const end =
    forMs === undefined ? '' : untilWords(new Date(Date.now() + forMs).toISOString(), forMs);
  const max = formatDuration(maxWaitMs);
  return `The run would have to wait${end && ` ${end}`}, longer than the ${max} that it may (interleave.maxWaitSeconds, --max-wait). It is stopped and keeps what it has. To go on later: interleave resume ${id}`;
}

/** Says that turns of a conversation were lost, and from where it goes on. */
export function lossNote(name: string, lost: number, kept: number): string {
  const from = kept === 0 ? 'from its prompt' : `after turn ${kept}`;
  return `${plural(lost, 'turn')} of "${name}" could not be read back from the disk; it goes on ${from}.`;
}
