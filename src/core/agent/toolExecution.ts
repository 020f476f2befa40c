import type { ToolCall } from '../providers/message.ts';
import { runToolCall } from '../tools/runToolCall.ts';
import type { ToolCallResult } from '../tools/toolResult.ts';
import type { AgentParts } from './agentSpec.ts';
import { outcomeOfKnown, recordedTool } from './callRecords.ts';
import type { ConversationContext } from './conversationContext.ts';

/** The turn whose calls are run. */
export interface ToolTurn {
  readonly agent: AgentParts;
  readonly turn: number;
  readonly context: ConversationContext;
}

/**
 * Runs the tool calls of one turn and returns their outcomes in call order. The calls run one after another, or in
 * parallel if the agent's spec says so. A failed call does not stop the others. After an abort the remaining calls
 * get an outcome without being run.
 */
export async function executeToolCalls(
  calls: readonly ToolCall[],
  at: ToolTurn,
): Promise<readonly ToolCallResult[]> {
  const outcomes = new Array<ToolCallResult>(calls.length);
  const queue = calls.entries();
  // All workers share one iterator, so that calls start in order.
  const work = async (): Promise<void> => {
    for (const [index, call] of queue) outcomes[index] = await executeToolCall(call, at);
  };
  const { toolExecution, limits } = at.agent.spec;
  const workers = toolExecution === 'parallel' ? Math.min(limits.parallelTools, calls.length) : 1;
  await Promise.all(Array.from({ length: workers }, work));
  return outcomes;
}

async function executeToolCall(call: ToolCall, at: ToolTurn): Promise<ToolCallResult> {
  const { agent, turn, context } = at;
  const { signal, emit } = context;
  const { callId, name, input } = call;
  const known = context.lastTurn?.calls.get(callId);
  if (known?.kind === 'ended') {
    const { content, isError } = known;
    return { callId, name, content, isError, wasRun: true };
  }
  if (signal.aborted) {
    const content = 'Not run: the conversation was ended.';
    return { callId, name, content, isError: true, wasRun: false };
  }
  emit({ type: 'tool.started', turn, callId, name, input });
  const effect = agent.tools.get(name)?.effect;
  const { whole, wholeBytes, ...outcome } =
    outcomeOfKnown(call, known, effect) ?? (await makeCall(call, at));
  if (whole !== undefined) context.keepOutput?.({ turn, callId, name, text: whole });
  const { content: output, isError } = outcome;
  const clipped = wholeBytes === undefined ? {} : { wholeBytes };
  emit({ type: 'tool.finished', turn, callId, name, output, isError, ...clipped });
  return outcome;
}

function makeCall(call: ToolCall, { agent, turn, context }: ToolTurn): Promise<ToolCallResult> {
  const { signal, callJournal, hideKeys } = context;
  const tool = agent.tools.get(call.name);
  const isKept = callJournal !== undefined && tool?.effect === 'change';
  const tools = isKept
    ? new Map(agent.tools).set(tool.name, recordedTool(tool, { turn, call }, callJournal))
    : agent.tools;
  const { limits } = agent.spec;
  return runToolCall(call, tools, {
    signal,
    defaultTimeoutMs: limits.toolTimeoutMs,
    maxOutputChars: limits.maxToolOutput,
    maxKeptBytes: limits.maxToolOutputKept,
    ...(hideKeys === undefined ? {} : { hideKeys }),
  });
}
