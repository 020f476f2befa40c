import type { ConversationStep } from '../../shared/conversationEvents.ts';
import type { ToolCall } from '../providers/message.ts';
import { runToolCall } from '../tools/runToolCall.ts';
import type { ToolCallResult } from '../tools/toolResult.ts';
import type { Agent } from './agent.ts';
import type { CallJournal, KnownCall } from './callRecords.ts';
import { outcomeOfKnown, recordedTool } from './callRecords.ts';

/** The whole result of a tool call of which the model got a shortened one. */
export interface WholeOutput {
  readonly turn: number;
  readonly callId: string;
  readonly name: string;
  readonly text: string;
}

export interface ToolTurnContext {
  readonly agent: Agent;
  readonly turn: number;
  readonly signal: AbortSignal;
  readonly emit: (step: ConversationStep) => void;
  /** Takes keys out of a result before the model, or anyone, gets to see it. */
  readonly hideKeys?: (text: string) => string;
  /** Keeps a result that was too long for the model. */
  readonly keepOutput?: (output: WholeOutput) => void;
  /** Calls of this turn that an earlier process began, by their ids. */
  readonly known?: ReadonlyMap<string, KnownCall>;
  /** Keeps calls that change something; they are made without it too. */
  readonly callJournal?: CallJournal;
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
  const { toolExecution, limits } = context.agent.config;
  const workers = toolExecution === 'parallel' ? Math.min(limits.parallelTools, calls.length) : 1;
  await Promise.all(Array.from({ length: workers }, work));
  return outcomes;
}

async function executeToolCall(call: ToolCall, context: ToolTurnContext): Promise<ToolCallResult> {
  const { turn, signal, emit } = context;
  const { callId, name, input } = call;
  const known = context.known?.get(callId);
  if (known?.kind === 'ended') {
    const { content, isError } = known;
    return { callId, name, content, isError, wasRun: true };
  }
  if (signal.aborted) {
    const content = 'Not run: the conversation was ended.';
    return { callId, name, content, isError: true, wasRun: false };
  }
  emit({ type: 'tool.started', turn, callId, name, input });
  const effect = context.agent.toolsByName.get(name)?.effect;
  const { whole, wholeBytes, ...outcome } =
    outcomeOfKnown(call, known, effect) ?? (await makeCall(call, context));
  if (whole !== undefined) context.keepOutput?.({ turn, callId, name, text: whole });
  const { content: output, isError } = outcome;
  const clipped = wholeBytes === undefined ? {} : { wholeBytes };
  emit({ type: 'tool.finished', turn, callId, name, output, isError, ...clipped });
  return outcome;
}

function makeCall(call: ToolCall, context: ToolTurnContext): Promise<ToolCallResult> {
  const { agent, turn, signal, callJournal } = context;
  const tool = agent.toolsByName.get(call.name);
  const isKept = callJournal !== undefined && tool?.effect === 'change';
  const tools = isKept
    ? new Map(agent.toolsByName).set(tool.name, recordedTool(tool, { turn, call }, callJournal))
    : agent.toolsByName;
  return runToolCall(call, tools, {
    signal,
    defaultTimeoutMs: agent.config.limits.toolTimeoutMs,
    maxOutputChars: agent.config.limits.maxToolOutput,
    maxKeptBytes: agent.config.limits.maxToolOutputKept,
    ...(context.hideKeys === undefined ? {} : { hideKeys: context.hideKeys }),
  });
}
