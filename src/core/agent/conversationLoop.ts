import type {
  ConversationError,
  ConversationStatus,
  FinishReason,
  LimitReason,
  Usage,
} from '../../shared/conversationEvents.ts';
import { abortable } from '../base/abortable.ts';
import type { Message, ToolCall } from '../providers/message.ts';
import type { ModelRequest, ModelTurn } from '../providers/provider.ts';
import { isContextOverflow, isPolicyRefusal } from '../providers/providerError.ts';
import type { Agent } from './agent.ts';
import type { CallJournal, KnownCall } from './callRecords.ts';
import { answerNow, notRunAtLimit } from './goingOn.ts';
import { LoopGuard, repetitionNote } from './loopGuard.ts';
import { type HistoryChanges, otherHistory } from './otherHistory.ts';
import { emptyAnswerCode } from './retryPolicy.ts';
import type { WholeOutput } from './toolExecution.ts';
import { executeToolCalls } from './toolExecution.ts';
import type { TurnContext, TurnOutcome } from './turn.ts';
import { requestTurn } from './turn.ts';

/** Consecutive times a provider may pause a turn before the conversation is stopped. */
const maxContinuations = 5;

/** Turns in a row none of whose calls could be run (unknown tool, wrong input) before it is stopped. */
const maxRejectedTurns = 3;

/** How a conversation ended. */
export interface Ending {
  readonly status: ConversationStatus;
  readonly reason: FinishReason;
  readonly error?: ConversationError;
}

/** What has been reached so far; kept apart so that it survives whatever ends the conversation. */
export interface Progress {
  /** Replaced, never pushed to: a request that was sent keeps the list it was sent with. */
  messages: readonly Message[];
  answer: string;
  /** Whether that was said on the way to an answer, and is none. */
  isInterim: boolean;
  /** Text of the turns that a provider paused and that the next turn goes on with. */
  continued: string;
  /** Text of the turn under way; what a cancelled conversation leaves behind. */
  partial: string;
  /** Text of the last attempt, if it failed. */
  broken: string;
  /** What the turn under way had cost when it was given up, as far as that is known. */
  cutOff?: Usage;
}

/** What the loop works with, besides the agent and what has been reached. */
export interface LoopContext extends Omit<TurnContext, 'provider' | 'onTurn' | 'onCutOff'> {
  readonly agent: Agent;
  /** Keeps a message that was added to the history, in order. */
  readonly record: (message: Message) => void;
  /**
   * Resolves when everything recorded so far would survive the end of this process. `onHold` is called
   * once when that is not a matter of milliseconds.
   */
  readonly commit: (onHold: () => void) => Promise<void>;
  /** Takes keys out of what tools give, before the model or anyone gets to see it. */
  readonly hideKeys?: (text: string) => string;
  /** Keeps a tool result that was too long for the model. */
  readonly keepOutput?: (output: WholeOutput) => void;
  /** Keeps calls that change something. */
  readonly callJournal?: CallJournal;
  /** For a conversation that goes on: what is known of its last turn besides the messages. */
  readonly lastTurn?: LastTurn;
}

/** The last complete turn of a conversation that an earlier process began. */
export interface LastTurn {
  /** How it ended; absent when that is not known. */
  readonly stop?: ModelTurn['stop'];
  /** Its calls that were begun, by their ids. */
  readonly calls: ReadonlyMap<string, KnownCall>;
}

/**
 * The loop: model response, tool calls, results, next response. It goes on from wherever the messages
 * stand: after an answer whose tool calls have no results yet, those are run first. Rejects only with
 * the signal's reason and with faults of the program.
 */
export async function runTurns(progress: Progress, context: LoopContext): Promise<Ending> {
  const { limits } = context.agent.config;
  const counts: LoopCounts = {
    toolCalls: 0,
    continuations: 0,
    rejected: 0,
    trimmed: false,
    unthought: false,
    guard: new LoopGuard(limits),
  };
  const done = progress.messages.filter(({ role }) => role === 'assistant').length;
  const pending = progress.messages.at(-1);
  if (pending?.role === 'assistant') {
    const guess = pending.toolCalls.length > 0 ? 'tool_calls' : 'continue';
    const last = { stop: context.lastTurn?.stop ?? guess, message: pending, turn: done } as const;
    // The answer that was asked for at the limit.
    if (done > limits.maxTurns) return stopped('max_turns');
    const ending = await followTurn(progress, last, counts, context);
    if (ending !== undefined) return ending;
  }
  for (let turn = done + 1; turn <= limits.maxTurns; turn++) {
    context.signal.throwIfAborted();
    const outcome = await requestNextTurn(progress, turn, counts, context);
    if (outcome.kind === 'unaffordable') return stopped('budget');
    if (outcome.kind === 'failed') return endOfFailure(outcome);
    const { isShortened } = outcome;
    const last = { ...outcome.turn, turn, isShortened };
    const ending = await followTurn(progress, last, counts, context);
    if (ending !== undefined) return ending;
  }
  return endAtLimit(progress, counts, context);
}

/**
 * The turns are used up, and the model still asks for tools: it is asked once for its answer, without them.
 * Whatever comes of it, it was the limit that ended the conversation.
 */
async function endAtLimit(
  progress: Progress,
  counts: LoopCounts,
  context: LoopContext,
): Promise<Ending> {
  const done = progress.messages.filter(({ role }) => role === 'assistant').length;
  const isAsked = progress.messages.at(-1)?.role === 'tool';
  if (!isAsked || done > context.agent.config.limits.maxTurns) return stopped('max_turns');
  context.signal.throwIfAborted();
  await requestNextTurn(progress, done + 1, counts, context, { toolChoice: 'none' });
  return stopped('max_turns');
}

interface LoopCounts extends HistoryChanges {
  toolCalls: number;
  continuations: number;
  rejected: number;
  readonly guard: LoopGuard;
}

/** What is asked besides the agent's own. */
type Asking = Pick<ModelRequest, 'toolChoice'>;

/**
 * One turn, and where the history as it is leads to none, the same turn with a history from which it can
 * go on.
 */
async function requestNextTurn(
  progress: Progress,
  turn: number,
  counts: LoopCounts,
  context: LoopContext,
  asking: Asking = {},
): Promise<TurnOutcome> {
  const { agent, record } = context;
  const onTurn = (result: ModelTurn): void => recordTurn(progress, result, turn, context);
  const onCutOff = (usage: Usage): void => {
    progress.cutOff = usage;
  };
  const turnContext: TurnContext = { ...context, provider: agent.provider, onTurn, onCutOff };
  for (;;) {
    const request = { ...modelRequest(agent, progress.messages), ...asking };
    const outcome = await requestTurn(request, turn, turnContext);
    if (outcome.kind !== 'failed') return outcome;
    const { failure } = outcome;
    if (failure.code === emptyAnswerCode && progress.messages.at(-1)?.role === 'tool') {
      append(progress, { role: 'user', text: answerNow }, record);
      continue;
    }
    const history = otherHistory(failure, progress.messages, counts);
    if (history === undefined) return outcome;
    progress.messages = history;
  }
}

function endOfFailure({ failure, error }: Extract<TurnOutcome, { kind: 'failed' }>): Ending {
  if (isPolicyRefusal(failure)) return { ...stopped('refused'), error };
  if (!isContextOverflow(failure)) return { status: 'failed', reason: error.kind, error };
  return { ...stopped('context_full'), error };
}

interface FollowedTurn extends Pick<ModelTurn, 'stop' | 'message'> {
  readonly turn: number;
  /** Whether the budget left room for a shorter answer only. */
  readonly isShortened?: boolean;
}

/** What a turn leads to: the end of the conversation, or undefined when it goes on. */
async function followTurn(
  progress: Progress,
  { stop, message, turn, isShortened }: FollowedTurn,
  counts: LoopCounts,
  context: LoopContext,
): Promise<Ending | undefined> {
  counts.continuations = stop === 'continue' ? counts.continuations + 1 : 0;
  if (counts.continuations > maxContinuations) return stopped('loop');
  if (stop === 'continue') return undefined;
  // An answer that was cut off because no more was left to spend.
  if (stop === 'truncated' && isShortened) return stopped('budget');
  if (stop !== 'tool_calls') return ended(stop);
  if (message.toolCalls.length === 0) return ended('final');
  if (turn >= context.agent.config.limits.maxTurns) {
    // Nobody would get to see what they give.
    append(
      progress,
      { role: 'tool', outcomes: message.toolCalls.map(notRunAtLimit) },
      context.record,
    );
    return undefined;
  }
  return runTools(progress, { calls: message.toolCalls, turn }, counts, context);
}

async function runTools(
  progress: Progress,
  { calls, turn }: { readonly calls: readonly ToolCall[]; readonly turn: number },
  counts: LoopCounts,
  { agent, signal, emit, record, commit, ...context }: LoopContext,
): Promise<Ending | undefined> {
  const repetition = counts.guard.add(calls);
  counts.toolCalls += calls.length;
  if (repetition === 'stop') return stopped('loop');
  if (counts.toolCalls > agent.config.limits.maxToolCalls) return stopped('max_tool_calls');
  // What the model asked for is on disk before anything is done about it.
  const onHold = (): void => emit({ type: 'conversation.waiting', reason: 'blocked' });
  await abortable(commit(onHold), signal);
  const { hideKeys, keepOutput, callJournal, lastTurn } = context;
  const results = await executeToolCalls(calls, {
    ...{ agent, turn, signal, emit },
    ...(hideKeys === undefined ? {} : { hideKeys }),
    ...(keepOutput === undefined ? {} : { keepOutput }),
    ...(callJournal === undefined ? {} : { callJournal }),
    ...(lastTurn === undefined ? {} : { known: lastTurn.calls }),
  });
  const note = repetition === 'noticed' ? `\n\n${repetitionNote}` : '';
  const outcomes = results.map(({ wasRun: _, ...outcome }) => ({
    ...outcome,
    content: outcome.content + note,
  }));
  append(progress, { role: 'tool', outcomes }, record);
  // Mistakes that were mended count no more.
  counts.rejected = results.some(({ wasRun }) => wasRun) ? 0 : counts.rejected + 1;
  return counts.rejected > maxRejectedTurns ? stopped('loop') : undefined;
}

function modelRequest({ config }: Agent, messages: readonly Message[]): ModelRequest {
  return {
    model: config.model,
    system: config.systemPrompt,
    messages,
    tools: config.toolSchemas,
    maxOutputTokens: config.limits.maxOutputTokens,
    prefix: config.prefix,
    ...(config.reasoningEffort === undefined ? {} : { effort: config.reasoningEffort }),
  };
}

/** Every request keeps the list it was sent with: the list is replaced, never pushed to. */
function append(progress: Progress, message: Message, record: (message: Message) => void): void {
  progress.messages = [...progress.messages, message];
  record(message);
}

function recordTurn(
  progress: Progress,
  { message, usage, stop, requestId }: ModelTurn,
  turn: number,
  { emit, record }: LoopContext,
): void {
  append(progress, message, record);
  const text = progress.continued + (message.answer ?? message.text);
  if (text.trim() !== '') {
    progress.answer = text;
    progress.isInterim = stop === 'tool_calls' || stop === 'continue';
  }
  progress.continued = stop === 'continue' ? text : '';
  emit({
    type: 'turn.finished',
    turn,
    text: message.text,
    toolCalls: message.toolCalls.map(({ callId, name, input }) => ({ callId, name, input })),
    usage,
    stop,
    ...(requestId === undefined ? {} : { requestId }),
  });
}

function ended(stop: 'final' | 'truncated' | 'context_full' | 'refused'): Ending {
  switch (stop) {
    case 'final':
      return { status: 'done', reason: 'final' };
    case 'truncated':
      return stopped('max_tokens');
    case 'context_full':
      return stopped('context_full');
    case 'refused':
      return stopped('refused');
  }
}

function stopped(reason: LimitReason): Ending {
  return { status: 'stopped', reason };
}
