import type { LastTurn } from '../../../shared/lastTurn.ts';
import { plural } from '../../../shared/quantities.ts';
import type { RunState } from '../../../shared/runState.ts';
import { applyRunEvent, interruptRun } from '../../../shared/runState.ts';
import type { ConversationProposals } from '../../proposals/fileProposal.ts';
import type { OverlayContent } from '../../proposals/overlay.ts';
import { Overlays } from '../../proposals/overlays.ts';
import type { Message } from '../../providers/message.ts';
import type { JournalReading } from '../read/readJournal.ts';
import { damageOf } from '../read/readJournal.ts';
import { resumePoints } from '../read/resumePoints.ts';
import { newerVersion } from './openJournal.ts';
import type { OriginMark } from './originMark.ts';

/** A saved run. */
export interface ArchivedRun {
  readonly state: RunState;
  /** What it was started with, as given to `RunArchive.record`. */
  readonly definition: unknown;
  /** The history of each conversation, as far as it can go on from it. */
  readonly messages: ReadonlyMap<number, readonly Message[]>;
  /** The last turns of histories that end in one. */
  readonly lastTurns: ReadonlyMap<number, LastTurn>;
  /** What its conversations go on with. */
  readonly overlays: ReadonlyMap<number, OverlayContent>;
  /** What they propose, in prompt order; only those that propose something. */
  proposals(): readonly ConversationProposals[];
  /** Whether it is read-only because it was started elsewhere, as far as this archive can tell. */
  readonly isForeign: boolean;
  /** Damaged or missing records. The state's notes name the number, too. */
  readonly damaged: number;
}

export const madeElsewhere =
  'This run was not started by this installation of Interleave: it can be looked at, but it cannot go on. Start its prompts as a new run.';
export const startIsLost =
  'The beginning of this run is damaged, so it cannot go on. Start its prompts as a new run.';
const planIsLost =
  'What this conversation was to ask is damaged on the disk, so it cannot go on. Start its prompt as a new run.';

/** A run from its journal; undefined when that names no conversation. */
export function toArchivedRun(
  reading: JournalReading,
  origin: OriginMark | undefined,
): ArchivedRun | undefined {
  const { state, definition, start } = reading;
  if (state === undefined) return undefined;
  interruptRun(state);
  if (start !== undefined) endLost(state);
  const damaged = damageOf(reading);
  const isElsewhere = isForeign(reading, origin);
  state.notes = [
    ...state.notes,
    ...(damaged > 0 ? [damageNote(damaged)] : []),
    ...(start === undefined ? [startIsLost] : []),
    ...(isElsewhere ? [madeElsewhere] : []),
    ...(reading.version === 'newer' ? [newerVersion] : []),
  ];
  const points = resumePoints(state, reading);
  const { overlays, lost } = reading.proposals.overlays(state, points.messages);
  if (lost.length > 0) state.notes = [...state.notes, lostProposalsNote(lost.length)];
  const proposals = () => new Overlays(overlays).proposals(state.conversations);
  // Without the first record it is unknown where the run was started.
  const isReadOnly = isElsewhere || start === undefined;
  const kept = { overlays, proposals, isForeign: isReadOnly, damaged };
  return { state, definition, ...points, ...kept };
}

/** Whether a run was started elsewhere, as its first records say. */
export function isForeign(reading: JournalReading, origin: OriginMark | undefined): boolean {
  return origin !== undefined && reading.start !== undefined && !origin.isOurs(reading);
}

/** Fails the interrupted conversations whose prompts are lost. */
function endLost(state: RunState): void {
  for (const { index, lost, reason, answer } of [...state.conversations]) {
    if (!lost || reason !== 'interrupted') continue;
    const { seq, atMs } = state;
    const error = { kind: 'internal', message: planIsLost, attempts: 0 } as const;
    const ending = { status: 'failed', reason: 'internal', answer, error } as const;
    const at = { conversation: index, seq, atMs };
    applyRunEvent(state, { type: 'conversation.finished', ...ending, ...at });
  }
}

function lostProposalsNote(conversations: number): string {
  return `What ${plural(conversations, 'conversation')} proposed cannot be read any more: none of it can be applied. Run those prompts again.`;
}

function damageNote(records: number): string {
  return `${plural(records, 'damaged record')} skipped: something of what was saved of this run is missing.`;
}
