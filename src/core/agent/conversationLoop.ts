import { knownCallOf } from '../../shared/lastTurn.ts';
import { abortable } from '../base/abortable.ts';
import type { Message } from '../providers/message.ts';
import type { ModelRequest, ModelTurn } from '../providers/provider.ts';
import { isContextOverflow, isPolicyRefusal } from '../providers/providerError.ts';
import { acceptableHistory, type HistoryChanges } from './acceptableHistory.ts';
import type { AgentLimits, AgentParts } from './agentSpec.ts';
import { answerNow, countCalls, notRunAtLimit } from './continuation.ts';
import type { ConversationContext } from './conversationContext.ts';
import { LoopGuard, repetitionNote } from './loopGuard.ts';
import { type Ending, endingOf, limit, type NextStep, stepAfterTurn } from './nextStep.ts';
import type { Progress } from './progress.ts';
import { emptyAnswerCode } from './retryPolicy.ts';
import { handOverOf } from './team/handOver.ts';
import { sentMessages } from './team/sentMessages.ts';
import type { TeamAgent } from './team/teamAgent.ts';
import { executeToolCalls } from './toolExecution.ts';
import type { TurnOutcome } from './turn.ts';
import { requestTurn } from './turn.ts';
import { hasUnattendedDenials } from './unattendedDenials.ts';

/**
 * Max consecutive turns whose calls are all rejected (unknown tool, invalid input). A higher limit of repetitions allows
 * more.
 */
function maxRejectedTurns({ repeatsStopped }: Pick<AgentLimits, 'repeatsStopped'>): number {
  return Math.max(3, repeatsStopped - 2);
}

/** The state of one conversation in the loop. */
interface Loop extends HistoryChanges {
  /** Changes when the conversation is handed over, and the context with it. */
  agent: TeamAgent;
  readonly progress: Progress;
  context: ConversationContext;
  readonly guard: LoopGuard;
  toolCalls: number;
  /** Consecutive turns that the provider paused. */
  continuations: number;
  /** Consecutive turns whose calls were all rejected. */
  rejected: number;
}

/**
 * The loop: model response, tool calls, results, next response. It continues from the last message: if that has tool
 * calls without results, it runs those first. Rejects only with the signal's reason and with bugs of the program.
 */
export async function runLoop(
  agent: TeamAgent,
  progress: Progress,
  context: ConversationContext,
): Promise<Ending> {
  const guard = new LoopGuard(agent.spec.limits);
  const toolCalls = countCalls(progress.messages);
  const counts = { toolCalls, continuations: 0, rejected: 0, trimmed: false, unthought: false };
  const loop: Loop = { agent, progress, context, guard, ...counts };
  let step = firstStep(loop);
  for (;;) {
    const ending = endingOf(step);
    if (ending?.status === 'done' && hasUnattendedDenials(progress.messages)) {
      return { status: 'stopped', reason: 'needs_approval' };
    }
    if (ending !== undefined) return ending;
    step = await follow(step, loop);
  }
}

function follow(step: NextStep, loop: Loop): NextStep | Promise<NextStep> {
  if (step.kind === 'tools') return runTools(step, loop);
  return step.kind === 'hand_over' ? handOver(step, loop) : ask(loop);
}

/** From now on another agent is asked, maybe at another server. */
function handOver({ contact }: Extract<NextStep, { kind: 'hand_over' }>, loop: Loop): NextStep {
  const agent = loop.agent.reach(contact);
  loop.agent = agent;
  loop.context = { ...loop.context, ...loop.context.serve(agent) };
  return { kind: 'ask' };
}

/** The first step: for a history that ends with a turn, the step that follows that turn. */
function firstStep(loop: Loop): NextStep {
  const { progress, context } = loop;
  const last = progress.messages.at(-1);
  if (last?.role !== 'assistant') return { kind: 'ask' };
  const turn = progress.turns;
  // This turn was the final answer at the limit.
  if (turn > loop.agent.spec.limits.maxTurns) return limit('max_turns');
  const guess = last.toolCalls.length > 0 ? 'tool_calls' : 'continue';
  return afterTurn({ stop: context.lastTurn?.stop ?? guess, message: last, turn }, loop);
}

function afterTurn(turn: Parameters<typeof stepAfterTurn>[0], loop: Loop): NextStep {
  loop.continuations = turn.stop === 'continue' ? loop.continuations + 1 : 0;
  const maxContinuations = Math.max(5, loop.agent.spec.limits.repeatsStopped);
  return stepAfterTurn(turn, loop.continuations, maxContinuations);
}

async function ask(loop: Loop): Promise<NextStep> {
  const { agent, progress, context } = loop;
  context.signal.throwIfAborted();
  const turn = progress.turns + 1;
  if (turn > agent.spec.limits.maxTurns) return askAtLimit(turn, loop);
  const outcome = await takeTurn(turn, loop);
  switch (outcome.kind) {
    case 'unaffordable':
      return limit(outcome.reason, outcome.limit);
    case 'failed':
      return stepAfterFailure(outcome);
    case 'turn':
      return afterTurn({ ...outcome.turn, turn, shortenedBy: outcome.shortenedBy }, loop);
  }
}

/**
 * The turns are used up. If the model still calls tools, it is asked once for an answer without tools. In any case
 * the limit ends the conversation.
 */
async function askAtLimit(turn: number, loop: Loop): Promise<NextStep> {
  const { progress, agent } = loop;
  const isAsked = progress.messages.at(-1)?.role === 'tool';
  const isFirst = turn === agent.spec.limits.maxTurns + 1;
  if (isAsked && isFirst) await takeTurn(turn, loop, { toolChoice: 'none' });
  return limit('max_turns');
}

function stepAfterFailure({ failure, error }: Extract<TurnOutcome, { kind: 'failed' }>): NextStep {
  if (isPolicyRefusal(failure)) return { kind: 'limit', reason: 'refused', error };
  if (isContextOverflow(failure)) return { kind: 'limit', reason: 'context_full', error };
  return { kind: 'failure', error };
}

/** Requests one turn. When the server rejects the history, it tries once more with a shorter one. */
async function takeTurn(
  turn: number,
  loop: Loop,
  more: Pick<ModelRequest, 'toolChoice'> = {},
): Promise<TurnOutcome> {
  const { agent, progress, context } = loop;
  for (;;) {
    const sent = sentMessages(progress.messages);
    const request = { ...modelRequest(agent, progress.messages, sent), ...more };
    const outcome = await requestTurn(
      {
        ...{ provider: agent.provider, request, turn },
        onTurn: (result, firstTokenMs) => addTurn(result, { turn, firstTokenMs }, loop),
        onCutOff: (usage) => {
          progress.cutOff = usage;
        },
      },
      context,
    );
    if (outcome.kind !== 'failed') return outcome;
    const { failure } = outcome;
    if (failure.code === emptyAnswerCode && sent.at(-1)?.role === 'tool') {
      append({ role: 'user', text: answerNow }, loop);
      continue;
    }
    const history = acceptableHistory(failure, progress.messages, loop);
    if (history === undefined) return outcome;
    progress.messages = history;
  }
}

async function runTools(
  { calls, turn }: Extract<NextStep, { kind: 'tools' }>,
  loop: Loop,
): Promise<NextStep> {
  const { agent, context, guard } = loop;
  const { limits } = agent.spec;
  if (turn >= limits.maxTurns) {
    // No turn is left for the model to use the results.
    append({ role: 'tool', outcomes: calls.map(notRunAtLimit) }, loop);
    return { kind: 'ask' };
  }
  const repetition = guard.add(calls);
  loop.toolCalls += calls.length;
  if (repetition === 'stop') return limit('loop');
  if (loop.toolCalls > limits.maxToolCalls) return limit('max_tool_calls');
  // Calls whose results are known were counted by an earlier process.
  const uncounted = calls.filter(
    ({ callId }) => knownCallOf(context.lastTurn, turn, callId)?.kind !== 'ended',
  );
  if (context.countCalls?.(uncounted.length) === false) return limit('max_run_tool_calls');
  // The calls are on disk before anything is done about them.
  const onHold = (): void => context.emit({ type: 'conversation.waiting', reason: 'blocked' });
  await abortable(context.commit(onHold), context.signal);
  const results = await executeToolCalls(calls, { agent, turn, context });
  const note = repetition === 'noticed' ? `\n\n${repetitionNote}` : '';
  const outcomes = results.map(({ callId, name, content, isError }) => ({
    callId,
    name,
    isError,
    content: content + note,
  }));
  const isDenied = results.some(({ ends }) => ends === true);
  const over = isDenied
    ? undefined
    : handOverOf(calls, outcomes, {
        ...{ from: agent.spec.name, contacts: agent.contacts, history: loop.progress.messages },
        maxPassedOn: limits.maxToolOutput,
      });
  if (over !== undefined) {
    const { contact, callId, handOver: given } = over;
    // Before the results are kept: whoever goes on after them finds out who answers.
    const to = agent.reach(contact).answerer;
    context.emit({ type: 'agent.changed', turn, callId, to });
    append({ role: 'tool', outcomes, handOver: given }, loop);
    loop.rejected = 0;
    return { kind: 'hand_over', contact };
  }
  append({ role: 'tool', outcomes }, loop);
  if (isDenied) return limit('denied');
  // A turn with a valid call resets the count.
  loop.rejected = results.some(({ wasRun }) => wasRun) ? 0 : loop.rejected + 1;
  if (loop.rejected <= maxRejectedTurns(limits)) return { kind: 'ask' };
  return limit(hasUnattendedDenials(loop.progress.messages) ? 'needs_approval' : 'loop');
}

function modelRequest(
  { spec, toolSchemas, prefix }: AgentParts,
  history: readonly Message[],
  sent: readonly Message[],
): ModelRequest {
  return {
    model: spec.model,
    system: spec.systemPrompt,
    messages: sent,
    ...(sent === history ? undefined : { earlier: history }),
    tools: toolSchemas,
    maxOutputTokens: spec.limits.maxOutputTokens,
    prefix,
    ...(spec.reasoningEffort === undefined ? undefined : { effort: spec.reasoningEffort }),
  };
}

function append(message: Message, { progress, context }: Loop): void {
  progress.append(message);
  context.record(message);
}

function addTurn(
  result: ModelTurn,
  at: { readonly turn: number; readonly firstTokenMs: number },
  { progress, context, agent }: Loop,
): void {
  const { price: _, ...by } = agent.answerer;
  const { message, usage, stop, requestId } = result;
  progress.addTurn(result);
  context.record(message);
  context.emit({
    type: 'turn.finished',
    turn: at.turn,
    firstTokenMs: at.firstTokenMs,
    text: message.text,
    toolCalls: message.toolCalls.map(({ callId, name, input }) => ({ callId, name, input })),
    usage,
    by,
    stop,
    ...(requestId === undefined ? undefined : { requestId }),
  });
}
