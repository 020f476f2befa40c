import type { ConversationStep } from '../../shared/conversationEvents.ts';
import type { ToolCall } from '../providers/message.ts';
import type { ToolCallResult } from '../tools/runToolCall.ts';
import { runToolCall } from '../tools/runToolCall.ts';
import type { Agent } from './agent.ts';

/** Tool calls of one turn that run at the same time when the agent executes them in parallel. */
const parallelToolCalls = 4;

export interface ToolTurnContext {
  readonly agent: Agent;
  readonly turn: number;
  readonly signal: AbortSignal;
  readonly emit: (step: ConversationStep) => void;
  /** Takes keys out of a result before the model, or anyone, gets to see it. */
  readonly hideKeys?: (text: string) => string;
}

/**
 * Runs the tool calls of one turn and returns one outcome for each, in call order: one after another
 * by default, several at once when the agent says so. A failing call never keeps the others from
 * running. After an abort the remaining calls are answered without being run.
 */
export async function executeToolCalls(
  calls: readonly ToolCall[],
  context: ToolTurnContext,
): Promise<readonly ToolCallResult[]> {
  const outcomes = new Array<ToolCallResult>(calls.length);
  const waiting = calls.entries();
  // Every worker takes the next call from the one shared iterator, so that calls start in order.
  const work = async (): Promise<void> => {
    for (const [index, call] of waiting) outcomes[index] = await executeToolCall(call, context);
  };
  const parallel = context.agent.config.toolExecution === 'parallel';
  const workers = parallel ? Math.min(parallelToolCalls, calls.length) : 1;
  await Promise.all(Array.from({ length: workers }, work));
  return outcomes;
}

async function executeToolCall(call: ToolCall, context: ToolTurnContext): Promise<ToolCallResult> {
  const { agent, turn, signal, emit } = context;
  const { callId, name, input } = call;
  if (signal.aborted) {
    const content = 'Not run: the conversation was ended.';
    return { callId, name, content, isError: true, wasRun: false };
  }
  emit({ type: 'tool.started', turn, callId, name, input });
  const outcome = await runToolCall(call, agent.toolsByName, {
    signal,
    defaultTimeoutMs: agent.config.limits.toolTimeoutMs,
    maxOutputChars: agent.config.limits.maxToolOutput,
    ...(context.hideKeys === undefined ? {} : { hideKeys: context.hideKeys }),
  });
  const { content: output, isError } = outcome;
  emit({ type: 'tool.finished', turn, callId, name, output, isError });
  return outcome;
}
