import type { CallDecision } from './callDecision.ts';
import type { EventOf, ToolCallRequest } from './conversationEvents.ts';

/** What is known of a tool call from the moment the model asks for it. Its times are in its span. */
interface CallBase extends ToolCallRequest {
  readonly turn: number;
  /**
   * `seq` of the call's start, or of its latest event if it never ran. Sorted by it, the calls of all
   * conversations interleave as they did.
   */
  readonly seq: number;
  /** What decided on it so far; absent for calls that nobody needs to allow. */
  readonly decision?: CallDecision;
}

/** A call that has no result yet. */
interface OpenCall extends CallBase {
  readonly output?: never;
}

/** The model asked for it; nothing was done about it yet. In a conversation that has ended it never ran. */
export interface AskedCall extends OpenCall {
  readonly state: 'asked';
}

/** Its tool exists, its input fits and it may run; it waits for other calls that run. */
export interface CheckedCall extends OpenCall {
  readonly state: 'checked';
}

/** It was checked and waits for somebody to decide whether it may run. */
export interface UndecidedCall extends OpenCall {
  readonly state: 'waiting';
}

export interface RunningCall extends OpenCall {
  readonly state: 'running';
}

export interface EndedCall extends CallBase {
  readonly state: 'ended';
  readonly output: string;
  readonly isError: boolean;
  /** False if no tool ran: the call could not be run, or was denied. */
  readonly wasRun: boolean;
  /** When a call ended that no tool ran: it has no span. */
  readonly atMs?: number;
}

/** One tool call of a conversation. Calls only move forward: asked, checked, waiting, running, ended. */
export type ToolCallRecord = AskedCall | CheckedCall | UndecidedCall | RunningCall | EndedCall;

export const toolCallStates = ['asked', 'checked', 'waiting', 'running', 'ended'] as const;
export type ToolCallState = (typeof toolCallStates)[number];

/** What happens to a tool call. */
export type ToolCallEvent = EventOf<
  'tool.checked' | 'tool.waiting' | 'tool.started' | 'tool.finished'
>;

/** The calls that a turn asks for. None of a turn that was cut off: they are not run. */
export function askedCalls({
  turn,
  toolCalls,
  stop = 'tool_calls',
  seq,
}: Pick<EventOf<'turn.finished'>, 'turn' | 'toolCalls' | 'stop' | 'seq'>): readonly AskedCall[] {
  if (stop !== 'tool_calls') return [];
  return toolCalls.map((call) => ({ ...call, state: 'asked', turn, seq }));
}

/** The call after an event. A call that has ended stays as it is. */
export function nextCall(call: ToolCallRecord, event: ToolCallEvent): ToolCallRecord {
  if (call.state === 'ended') return call;
  const { turn, callId, name, input, seq } = call;
  const decision = ('decision' in event ? event.decision : undefined) ?? call.decision;
  const asked = { turn, callId, name, input };
  const known = decision === undefined ? asked : { ...asked, decision };
  switch (event.type) {
    case 'tool.checked':
      // Nothing that happens to a call takes it back.
      return call.state === 'running' ? call : { ...known, state: 'checked', seq: event.seq };
    case 'tool.waiting':
      return call.state === 'running' ? call : { ...known, state: 'waiting', seq: event.seq };
    case 'tool.started':
      return { ...known, state: 'running', input: event.input, seq: event.seq };
    case 'tool.finished': {
      const { output, isError, wasRun = true } = event;
      const ended = { ...known, state: 'ended', output, isError, wasRun } as const;
      if (call.state === 'running') return { ...ended, seq };
      return wasRun ? { ...ended, seq: event.seq } : { ...ended, atMs: event.atMs, seq: event.seq };
    }
  }
}

/** The call after a decision. It waits until it runs or is told of; what happens to it next says so. */
export function decidedCall(call: ToolCallRecord, decision: CallDecision): ToolCallRecord {
  return call.state === 'waiting' ? { ...call, decision } : call;
}

/** A conversation's calls after an event of one of them. */
export function withCallEvent(
  calls: readonly ToolCallRecord[],
  event: ToolCallEvent,
): readonly ToolCallRecord[] {
  const { turn, callId, name, seq } = event;
  const at = calls.findLastIndex(
    (call) => call.callId === callId && call.turn === turn && call.state !== 'ended',
  );
  const call = calls[at];
  if (call !== undefined) return calls.with(at, nextCall(call, event));
  // A damaged journal may lack the turn that asked for it. An end alone says too little.
  if (event.type === 'tool.finished') return calls;
  const input = event.type === 'tool.started' ? event.input : undefined;
  return [...calls, nextCall({ state: 'asked', turn, callId, name, input, seq }, event)];
}

/** The call that something is done about now; of several, the last one. */
export function currentCall(calls: readonly ToolCallRecord[]): ToolCallRecord | undefined {
  return calls.findLast(({ state }) => state !== 'asked' && state !== 'ended');
}

/** The calls that wait for somebody to decide whether they may run. */
export function undecidedCalls(calls: readonly ToolCallRecord[]): readonly ToolCallRecord[] {
  return calls.filter(
    ({ state, decision }) => state === 'waiting' && (decision?.verdict ?? 'ask') === 'ask',
  );
}

/** The tool whose calls ask the user a question: they are answered, where others are allowed. */
export const questionTool = 'ask_user';

/** Whether a tool call is a question. */
export function isQuestion({ name }: { readonly name: string }): boolean {
  return name === questionTool;
}

/** Whether a call ended with an error. */
export function isFailedCall(call: ToolCallRecord): call is EndedCall & { readonly isError: true } {
  return call.state === 'ended' && call.isError;
}

/** A call without a result in words. */
export function openCallWords(
  { name, state, decision }: ToolCallRecord,
  hasConversationEnded: boolean,
): string {
  if (hasConversationEnded) return state === 'running' ? 'no result' : 'not run';
  if (state === 'waiting' && decision?.verdict === 'allow') return openWords.checked;
  if (state === 'waiting' && decision?.verdict === 'deny') return 'denied';
  if (state === 'waiting' && isQuestion({ name })) return 'waiting for an answer';
  return openWords[state];
}

const openWords: { readonly [S in ToolCallState]: string } = {
  asked: 'asked for',
  checked: 'waiting for other calls',
  waiting: 'waiting for a decision',
  running: 'running',
  ended: '',
};
