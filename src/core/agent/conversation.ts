import type { ConversationStep } from '../../shared/conversationEvents.ts';
import type { LimitReason } from '../../shared/outcome.ts';
import type { Message } from '../providers/message.ts';
import type { ConversationContext } from './conversationContext.ts';
import { asProviderError, toConversationError } from './conversationError.ts';
import { runLoop } from './conversationLoop.ts';
import { Deadline } from './deadline.ts';
import type { Ending } from './nextStep.ts';
import { type FinalText, Progress } from './progress.ts';
import type { TeamAgent } from './team/teamAgent.ts';

/** How a conversation ended, and all of its messages. */
export interface ConversationOutcome extends Ending, FinalText {
  readonly messages: readonly Message[];
}

/** The abort reason for a conversation that a limit ends. */
export class LimitReached {
  readonly reason: LimitReason;

  constructor(reason: LimitReason) {
    this.reason = reason;
  }
}

/** The reason of a conversation's own signal after its end. */
const ended = Symbol('ended');

/**
 * Runs one conversation: model response, tool calls, results, next response, until a final answer, a limit,
 * an error or a cancellation. Never rejects, and ends with exactly one `conversation.finished` step.
 */
export async function runConversation(
  agent: TeamAgent,
  messages: readonly Message[],
  context: ConversationContext,
): Promise<ConversationOutcome> {
  const progress = new Progress(messages);
  const ending = await runWithinTime(agent, progress, context);
  const text = progress.textAtEnd(ending);
  const spent = progress.cutOff === undefined ? {} : { usage: progress.cutOff };
  const { firstTokenMs } = progress;
  const first = firstTokenMs === undefined ? {} : { firstTokenMs };
  context.emit({ type: 'conversation.finished', ...ending, ...text, ...spent, ...first });
  return { ...ending, ...text, messages: progress.messages };
}

async function runWithinTime(
  agent: TeamAgent,
  progress: Progress,
  context: ConversationContext,
): Promise<Ending> {
  const own = new AbortController();
  const onCancel = (): void => own.abort(context.signal.reason);
  if (context.signal.aborted) onCancel();
  context.signal.addEventListener('abort', onCancel, { once: true });
  const { timeoutMs } = agent.spec.limits;
  const deadline = new Deadline(context.clock, timeoutMs, () =>
    own.abort(new LimitReached('timeout')),
  );
  const emit = (step: ConversationStep): void => {
    if (step.within === undefined) progress.follow(step, context.clock.now());
    followTime(step, deadline);
    context.emit(step);
  };
  try {
    return await runLoop(agent, progress, { ...context, emit, signal: own.signal });
  } catch (thrown) {
    const why: unknown = own.signal.reason;
    if (why instanceof LimitReached) return { status: 'stopped', reason: why.reason };
    if (own.signal.aborted) return { status: 'cancelled', reason: 'cancelled' };
    const error = toConversationError(asProviderError(thrown), 1);
    return { status: 'failed', reason: error.kind, error };
  } finally {
    // Nothing goes on for it: requests for decisions are withdrawn, tools that were left behind are told.
    own.abort(ended);
    deadline.dispose();
    context.signal.removeEventListener('abort', onCancel);
  }
}

/** Runs the timeout from the first request on, and pauses it while the conversation waits for others. */
function followTime(step: ConversationStep, deadline: Deadline): void {
  if (step.type === 'turn.started' || step.type === 'tool.started') deadline.run();
  if (step.type !== 'conversation.waiting') return;
  // Retries count toward the timeout, and so do all waits for a rate limit after the first.
  if (step.reason === 'retry' || step.attempt !== undefined) deadline.run();
  else deadline.pause();
}
