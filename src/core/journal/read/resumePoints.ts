import type { ConversationState } from '../../../shared/conversationState.ts';
import type { KnownCall, LastTurn } from '../../../shared/lastTurn.ts';
import type { RunState } from '../../../shared/runState.ts';
import type { Message } from '../../providers/message.ts';
import { countTurns } from '../../providers/message.ts';
import type { JournalReading } from './readJournal.ts';

/** Where conversations can go on. */
export interface ResumePoints {
  /** Histories that can be sent, or that end in tool calls whose results are missing. */
  readonly messages: ReadonlyMap<number, readonly Message[]>;
  /** The last turns of conversations whose history ends in one. */
  readonly lastTurns: ReadonlyMap<number, LastTurn>;
}

type Kept = Pick<JournalReading, 'messages' | 'incomplete' | 'missing' | 'damaged' | 'begunCalls'>;

/**
 * Where the conversations of a run can go on: the last place before a gap from which a request does not repeat
 * one whose answer is there.
 */
export function resumePoints(run: RunState, kept: Kept): ResumePoints {
  const messages = new Map<number, readonly Message[]>();
  const lastTurns = new Map<number, LastTurn>();
  for (const conversation of run.conversations) {
    const { index } = conversation;
    const history = validPart(conversation, kept.messages.get(index) ?? [], kept);
    if (history.length > 0) messages.set(index, history);
    const last = history.at(-1);
    if (last?.role === 'assistant') lastTurns.set(index, keptTurn(conversation, history, kept));
  }
  return { messages, lastTurns };
}

function keptTurn(
  conversation: ConversationState,
  history: readonly Message[],
  kept: Kept,
): LastTurn {
  const turn = countTurns(history);
  const stop = conversation.turns.find((one) => one.turn === turn)?.stop;
  const calls = callsOf(conversation, history, kept);
  return { turn, ...(stop === undefined ? {} : { stop }), calls };
}

/** The history without a last answer of which it is unknown whether more was to follow. */
function validPart(
  { turns, index }: ConversationState,
  found: readonly Message[],
  { incomplete, missing }: Kept,
): readonly Message[] {
  if (found[0]?.role !== 'user') return [];
  const last = found.at(-1);
  if (last?.role !== 'assistant') return found;
  const turn = countTurns(found);
  const booked = turns.find((one) => one.turn === turn);
  // An answer without its event was never shown: the process died between the two records.
  if (booked === undefined && missing === 0) return found.slice(0, -1);
  if (last.toolCalls.length > 0 || booked?.stop === 'continue') return found;
  // An answer without tool calls ends a conversation, unless more is known to have followed.
  return booked === undefined || incomplete.has(index) ? found.slice(0, -1) : found;
}

function callsOf(
  { toolCalls, index }: ConversationState,
  history: readonly Message[],
  { begunCalls, missing, damaged }: Kept,
): ReadonlyMap<string, KnownCall> {
  const calls = new Map<string, KnownCall>();
  const turn = countTurns(history);
  const last = history.at(-1);
  for (const { callId } of last?.role === 'assistant' ? last.toolCalls : []) {
    const shown = toolCalls.findLast((call) => call.callId === callId && call.turn === turn);
    const begun = begunCalls.get(index)?.find(turn, callId);
    if (shown?.state === 'ended') {
      calls.set(callId, { kind: 'ended', content: shown.output, isError: shown.isError });
    } else if (begun !== undefined) {
      calls.set(callId, begun);
    } else if (shown?.state === 'running' && missing + damaged > 0) {
      calls.set(callId, { kind: 'shown' });
    }
  }
  return calls;
}
