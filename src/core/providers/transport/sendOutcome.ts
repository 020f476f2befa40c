import { messageOf } from '../../base/errors.ts';
import { ProviderError } from '../providerError.ts';
import type { Answered, SendOutcome } from './exchange.ts';
import { describeNetworkError, type ErrorContext } from './networkError.ts';
import { cleanServerMessage } from './serverMessage.ts';

/** The response to a request; throws when there was none. */
export function answerOf(outcome: SendOutcome, context: ErrorContext): Answered {
  if ('response' in outcome) return outcome;
  const { error } = outcome;
  // What Node reports of a connection has a code; anything else is a fault of this program.
  const isReport = error instanceof Error && 'code' in error;
  throw isReport ? describeNetworkError(error, context) : error;
}

/** Whatever a request was ended by, as a `ProviderError`. */
export function toProviderError(error: unknown, context: ErrorContext): ProviderError {
  if (error instanceof ProviderError) return error;
  // A fault of this program. Whatever it says may quote what was sent, so keys are taken out.
  const words = cleanServerMessage(messageOf(error), context.apiKey);
  return new ProviderError(`The request to ${context.host} could not be made: ${words}`, {
    kind: 'internal',
    cause: error,
  });
}
