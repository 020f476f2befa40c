import type { Answers, Refusal } from './inboxDecision.ts';
import type { PendingRequest, Settlement } from './pendingRequest.ts';
import { allowedByPerson } from './pendingRequest.ts';

/** Longest answer, in UTF-16 units. */
const maxAnswer = 10_000;

/** Why an answer does not settle a request: a sentence for the user; undefined when it does. */
function problemOf({ request }: PendingRequest, { answers }: Answers): string | undefined {
  const { questions } = request;
  if (questions === undefined) return 'This call asks no question. Allow or deny it.';
  if (questions.length !== answers.length) {
    return 'There must be one answer for each question; an empty one is an answer.';
  }
  return answers.some((answer) => answer.length > maxAnswer) ? 'An answer is too long.' : undefined;
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
