import type { QuestionAnswer } from './approvalRequest.ts';
import type { Answers, Refusal } from './inboxDecision.ts';
import type { PendingRequest, Settlement } from './pendingRequest.ts';
import { allowedByPerson } from './pendingRequest.ts';

/** Longest answer, in UTF-16 units; of several together. */
const maxAnswer = 10_000;
/** Most texts in one answer: there are fewer choices. */
const maxTexts = 50;

/** Why an answer does not settle a request: a sentence for the user; undefined when it does. */
function problemOf({ request }: PendingRequest, { answers }: Answers): string | undefined {
  const { questions } = request;
  if (questions === undefined) return 'This call asks no question. Allow or deny it.';
  if (questions.length !== answers.length) {
    return 'There must be one answer for each question; an empty one is an answer.';
  }
  if (questions.some((question, at) => isSeveral(answers[at]) && question.multiple !== true)) {
    return 'Only one answer can be given to this question.';
  }
  return answers.some(isTooLong) ? 'An answer is too long.' : undefined;
}

function isSeveral(answer: QuestionAnswer | undefined): boolean {
  return typeof answer === 'object';
}

function isTooLong(answer: QuestionAnswer): boolean {
  const texts = typeof answer === 'string' ? [answer] : answer;
  return texts.length > maxTexts || texts.join('').length > maxAnswer;
}

/** Gives the same answers to requests that ask. */
export function answerOne(
  pending: PendingRequest,
  given: Answers,
): { readonly settlement: Settlement } | { readonly refusal: Refusal } {
  const message = problemOf(pending, given);
  if (message !== undefined) {
    return { refusal: { id: pending.request.id, why: 'unfit', message } };
  }
  return { settlement: { pending, answer: { ...allowedByPerson(), answers: given.answers } } };
}
