import type { ConversationStep } from '../../../src/shared/conversationEvents.ts';
import { failure, tokens } from '../../support/panel/runScript.ts';

/** A conversation's start and its first request. */
export const starts: readonly ConversationStep[] = [
  { type: 'conversation.started' },
  { type: 'turn.started', turn: 1, attempt: 1 },
];

type StepOf<T extends ConversationStep['type']> = Extract<ConversationStep, { readonly type: T }>;

/** The last turn and the end of a conversation that succeeds. */
export function answers(
  answer: string,
  turn = 1,
): readonly [StepOf<'turn.finished'>, StepOf<'conversation.finished'>] {
  return [
    { type: 'turn.finished', turn, text: answer, toolCalls: [], usage: tokens(100, 10) },
    { type: 'conversation.finished', status: 'done', reason: 'final', answer },
  ];
}

/** The end of a conversation that fails. */
export const fails: readonly ConversationStep[] = [
  {
    type: 'conversation.finished',
    status: 'failed',
    reason: 'overloaded',
    answer: '',
    error: failure('overloaded', 'Busy.'),
  },
];
