import type { ConversationStep, UnfinishedAnswer } from '../../shared/conversationEvents.ts';
import type { Message } from '../providers/message.ts';
import type { Agent } from './agent.ts';
import { asProviderError, toConversationError } from './conversationError.ts';
import type { Ending, LoopContext, Progress } from './conversationLoop.ts';
import { runTurns } from './conversationLoop.ts';
import { Deadline } from './deadline.ts';
import { isLastTextInterim, lastText, textToGoOnFrom } from './goingOn.ts';

/** What a conversation needs besides the agent and its messages; `signal` cancels it. */
export type ConversationContext = Omit<LoopContext, 'agent'>;

/** How a conversation ended, and all of its messages. */
export interface ConversationOutcome extends Ending {
  /** The final answer, or the last text there was when it ended early. */
  readonly answer: string;
  /** What that text is when it is no answer. */
  readonly answerIs?: UnfinishedAnswer;
  readonly messages: readonly Message[];
}

/** The reason the signal is aborted with when the conversation's time is up. */
const timeIsUp = Symbol('time is up');

/** The reason to abort a conversation's signal with when it would have to wait too long. */
export const waitIsTooLong = Symbol('the wait is too long');

/**
 * Runs one conversation: model response, tool calls, results, next response, until a final answer, a
 * limit, an error or a cancellation. Works on a copy of `before`: the caller's list never changes.
 * Never rejects and ends with exactly one `conversation.finished` step.
 */
export async function runConversation(
  agent: Agent,
  before: readonly Message[],
  context: ConversationContext,
): Promise<ConversationOutcome> {
  const messages = structuredClone(before);
  const continued = textToGoOnFrom(messages);
  const answered = continued || lastText(messages);
  const isInterim = isLastTextInterim(messages);
  const progress: Progress = {
    ...{ messages, answer: answered, isInterim, continued },
    ...{ partial: '', broken: '' },
  };
  const ending = await runWithinTime(agent, progress, context);
  const text = textAtEnd(progress, ending);
  const { cutOff } = progress;
  const spent = cutOff === undefined ? {} : { usage: cutOff };
  context.emit({ type: 'conversation.finished', ...ending, ...text, ...spent });
  return { ...ending, ...text, messages: progress.messages };
}

/** The answer, or what there is instead of one: nothing that was received is lost from sight. */
function textAtEnd(
  { answer, isInterim, continued, partial, broken }: Progress,
  { status }: Ending,
): Pick<ConversationOutcome, 'answer' | 'answerIs'> {
  if (status === 'done') return { answer };
  const cut = partial || (status === 'failed' ? broken : '');
  if (cut.trim() !== '') return { answer: continued + cut, answerIs: 'broken_off' };
  return isInterim && answer !== '' ? { answer, answerIs: 'interim' } : { answer };
}

async function runWithinTime(
  agent: Agent,
  progress: Progress,
  context: ConversationContext,
): Promise<Ending> {
  const own = new AbortController();
  const onCancel = (): void => own.abort(context.signal.reason);
  if (context.signal.aborted) onCancel();
  context.signal.addEventListener('abort', onCancel, { once: true });
  const { timeoutMs } = agent.config.limits;
  const deadline = new Deadline(context.clock, timeoutMs, () => own.abort(timeIsUp));
  const emit = (step: ConversationStep): void => {
    followStep(step, progress, deadline);
    context.emit(step);
  };
  try {
    return await runTurns(progress, { ...context, agent, emit, signal: own.signal });
  } catch (thrown) {
    if (own.signal.reason === timeIsUp) return { status: 'stopped', reason: 'timeout' };
    if (own.signal.reason === waitIsTooLong) return { status: 'stopped', reason: 'max_wait' };
    if (own.signal.aborted) return { status: 'cancelled', reason: 'cancelled' };
    const error = toConversationError(asProviderError(thrown), 1);
    return { status: 'failed', reason: error.kind, error };
  } finally {
    deadline.dispose();
    context.signal.removeEventListener('abort', onCancel);
  }
}

/** After these, the text of the turn under way counts no more, or has been taken over. */
const endsPartial: ReadonlySet<ConversationStep['type']> = new Set([
  'turn.started',
  'turn.discarded',
  'turn.finished',
]);

/** Time counts from the first request on, and stands still while others are waited for. */
function followStep(step: ConversationStep, progress: Progress, deadline: Deadline): void {
  if (step.type === 'turn.delta') progress.partial += step.text;
  else if (endsPartial.has(step.type)) {
    progress.broken = step.type === 'turn.discarded' ? progress.partial || progress.broken : '';
    progress.partial = '';
  }
  if (step.type === 'turn.started' || step.type === 'tool.started') deadline.run();
  // The first wait for a rate limit is the server's to ask for; one that led nowhere is lost time.
  const isOwn =
    step.type === 'conversation.waiting' && (step.reason === 'retry' || step.attempt !== undefined);
  if (isOwn) deadline.run();
  else if (step.type === 'conversation.waiting') deadline.pause();
}
