import type { ConversationState } from './conversationState.ts';
import { plural } from './quantities.ts';
import { needsDecision } from './span.ts';
import { isQuestion, undecidedCalls } from './toolCall.ts';

/** Whether a conversation goes on only after the user has answered, and no call of it has to be allowed. */
export function needsAnswer(conversation: Pick<ConversationState, 'spans' | 'toolCalls'>): boolean {
  if (!needsDecision(conversation)) return false;
  const calls = undecidedCalls(conversation.toolCalls);
  return calls.length > 0 && calls.every(isQuestion);
}

/** What a conversation waits for whose calls the user has to decide on or answer. */
export function decisionWaitWords(calls: readonly { readonly name: string }[]): string {
  const isAnswered = calls.length > 0 && calls.every(isQuestion);
  if (calls.length > 1)
    return `waiting for ${calls.length} ${isAnswered ? 'answers' : 'decisions'}`;
  return isAnswered ? 'waiting for an answer' : 'waiting for a decision';
}

/** `2 tool calls wait for a decision, 1 question waits for an answer`. */
export function personWaitWords({
  calls,
  questions,
}: {
  readonly calls: number;
  readonly questions: number;
}): string {
  const waits = (count: number, noun: string, what: string): readonly string[] =>
    count === 0 ? [] : [`${plural(count, noun)} ${count === 1 ? 'waits' : 'wait'} for ${what}`];
  return [
    ...waits(calls, 'tool call', 'a decision'),
    ...waits(questions, 'question', 'an answer'),
  ].join(', ');
}
