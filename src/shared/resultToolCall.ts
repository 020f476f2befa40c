import type { CallDecision } from './callDecision.ts';
import type { ConversationState } from './conversationState.ts';
import { callKey, toolSpans } from './span.ts';
import type { ToolCallState } from './toolCall.ts';
import { isFailedCall } from './toolCall.ts';

/** One tool call of a result. Times are ms since the run's start. */
export interface ResultToolCall {
  /** `ended` has a result; a call in another state was asked for and has none. */
  readonly state: ToolCallState;
  readonly turn: number;
  readonly name: string;
  readonly input: unknown;
  readonly output: string;
  readonly isError: boolean;
  /** The call ended and no tool ran: it could not be run, or was denied. */
  readonly wasRun?: false;
  /** What decided on it; absent for calls that nobody needs to allow. */
  readonly decision?: CallDecision;
  readonly startMs: number;
  readonly endMs: number;
  /** `seq` of the call's start. Sorted by it, the calls of all conversations interleave as they did. */
  readonly seq: number;
}

/** The tool calls of a conversation that ended then. */
export function resultToolCalls(
  { toolCalls, spans }: ConversationState,
  endedMs: number,
): readonly ResultToolCall[] {
  const timed = toolSpans({ spans });
  return toolCalls.map((call) => {
    const { state, turn, name, input, output = '', seq, decision } = call;
    const isEnded = call.state === 'ended';
    const atMs = (isEnded ? call.atMs : undefined) ?? endedMs;
    const { startMs = atMs, endMs = atMs } = timed.get(callKey(call)) ?? {};
    return {
      ...{ state, turn, name, input, output, isError: isFailedCall(call) },
      ...(isEnded && !call.wasRun ? { wasRun: false as const } : {}),
      ...(decision === undefined ? {} : { decision }),
      ...{ startMs: Math.round(startMs), endMs: Math.round(endMs), seq },
    };
  });
}
