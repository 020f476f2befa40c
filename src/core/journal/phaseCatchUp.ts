import type { ConversationPhase } from '../../shared/conversationState.ts';
import type { PhaseCounts } from '../../shared/runState.ts';
import { noCounts } from '../../shared/runState.ts';
import { readLines } from './fileLines.ts';
import type { JournalFile } from './journalFs.ts';
import type { JournalEvent } from './journalRecord.ts';
import { maxLineBytes, parseJson, verifyLine } from './recordLine.ts';
import { isKeptEvent } from './recordSchema.ts';

/** What a list needs to know of a run that has not ended. */
export interface RunPhases {
  state: 'running' | 'finished' | 'cancelled';
  readonly phases: ConversationPhase[];
  damaged: number;
}

const letters: { readonly [P in ConversationPhase]: string } = {
  queued: 'q',
  waiting: 'w',
  running: 'r',
  done: 'd',
  failed: 'f',
  stopped: 's',
  cancelled: 'c',
};
const phasesByLetter = new Map(
  Object.entries(letters).map(([phase, letter]) => [letter, phase as ConversationPhase]),
);

/** One letter for each conversation, in prompt order. */
export function phasesToText(phases: Iterable<ConversationPhase>): string {
  return [...phases].map((phase) => letters[phase]).join('');
}

/** The phases again; letters of a later version count as queued. */
export function phasesFromText(text: string): ConversationPhase[] {
  return [...text].map((letter) => phasesByLetter.get(letter) ?? 'queued');
}

/** How many conversations are in each phase. */
export function countPhases(phases: readonly ConversationPhase[]): PhaseCounts {
  const counts = { ...noCounts };
  for (const phase of phases) counts[phase]++;
  return counts;
}

/**
 * Brings phases up to date with the records from byte `from` on. Returns false when one of the records
 * cannot be told from its line alone: then the whole journal has to be read.
 */
export async function catchUp(file: JournalFile, from: number, run: RunPhases): Promise<boolean> {
  for await (const lines of readLines(file, maxLineBytes, from)) {
    for (const { bytes, ended } of lines) {
      if (bytes?.length === 0) continue;
      if (!addLine(run, bytes, ended)) return false;
    }
  }
  return true;
}

/** A last line without an end is a write under way or cut short: it says nothing yet. */
function addLine(run: RunPhases, bytes: Buffer | undefined, ended: boolean): boolean {
  const verified = bytes === undefined ? undefined : verifyLine(bytes);
  if (verified !== undefined && changesNoPhase(verified.payload)) return true;
  const payload = verified && parseJson(verified.payload);
  if (typeof payload !== 'object' || payload === null) {
    if (ended) run.damaged++;
    return true;
  }
  const { k: kind, event }: { readonly k?: unknown; readonly event?: unknown } = payload;
  if (kind === 'run.start') return false;
  if (kind !== 'event') return true;
  if (!isEventShape(event)) return false;
  addEvent(run, event);
  return true;
}

const longestHead = 80;
const textRecord = /^\{"v":\d+,"t":"[^"]*","k":"(?:turn|message|output|note)",/;

/** Records with long texts need not be parsed: their kind stands at their beginning. */
function changesNoPhase(payload: Buffer): boolean {
  return textRecord.test(payload.toString('latin1', 0, longestHead));
}

function isEventShape(event: unknown): event is JournalEvent {
  if (typeof event !== 'object' || event === null || !('type' in event)) return false;
  return isKeptEvent(event as JournalEvent);
}

function addEvent(run: RunPhases, event: JournalEvent): void {
  if (event.type === 'run.finished') run.state = event.state;
  if (event.type === 'run.reopened') run.state = 'running';
  if (!('conversation' in event) || event.conversation >= run.phases.length) return;
  const phase = phaseAfter(event);
  if (phase !== undefined) run.phases[event.conversation] = phase;
}

/** The phase that an event leads to; undefined when it changes none. */
function phaseAfter(event: JournalEvent): ConversationPhase | undefined {
  switch (event.type) {
    case 'conversation.requeued':
    case 'conversation.resumed':
      return 'queued';
    case 'conversation.waiting':
      return 'waiting';
    case 'conversation.started':
    case 'turn.started':
    case 'tool.started':
      return 'running';
    case 'conversation.finished':
      // The end of a nested conversation changes nothing for the one around it.
      return event.within === undefined ? event.status : undefined;
    default:
      return undefined;
  }
}
