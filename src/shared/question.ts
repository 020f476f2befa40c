import type { ConversationState } from './conversationState.ts';
import { plural } from './quantities.ts';
import type { ToolCallRecord } from './toolCall.ts';
import { isQuestion, undecidedCalls } from './toolCall.ts';

/**
 * The calls of a conversation, and of those that its agents have with others, that wait for the user: for a decision
 * or an answer. The conversation may go on with other calls meanwhile.
 */
export function callsForUser({
  phase,
  toolCalls,
  asked = [],
}: Pick<ConversationState, 'phase' | 'toolCalls' | 'asked'>): readonly ToolCallRecord[] {
  if (phase !== 'waiting' && phase !== 'running') return [];
  return [...undecidedCalls(toolCalls), ...asked.flatMap(({ state }) => callsForUser(state))];
}

/** Whether the user has to answer something, and no call of the conversation has to be allowed. */
export function needsAnswer(conversation: Parameters<typeof callsForUser>[0]): boolean {
  const calls = callsForUser(conversation);
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
