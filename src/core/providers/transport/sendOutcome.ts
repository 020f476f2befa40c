import { messageOf } from '../../../shared/thrown.ts';
import { ProviderError } from '../providerError.ts';
import { cleanServerMessage } from './cleanServerMessage.ts';
import type { OpenResponse, SendOutcome } from './exchange.ts';
import { describeNetworkError, type ErrorContext } from './networkError.ts';

/** The response of an outcome. Throws a failure: a `ProviderError` if the connection failed. */
export function responseOf(outcome: SendOutcome, context: ErrorContext): OpenResponse {
  if ('response' in outcome) return outcome;
  const { error } = outcome;
  // Node's connection errors have a code. Anything else is a bug of this program.
  const isNetworkError = error instanceof Error && 'code' in error;
  throw isNetworkError ? describeNetworkError(error, context) : error;
}

/** Anything that was thrown while a request was made, as a `ProviderError`. */
export function toProviderError(error: unknown, context: ErrorContext): ProviderError {
  if (error instanceof ProviderError) return error;
  // A bug of this program. Its message may quote the request, so keys are redacted.
  const words = cleanServerMessage(messageOf(error), context.apiKey);
  return new ProviderError(`The request to ${context.host} could not be made: ${words}`, {
    kind: 'internal',
    cause: error,
  });
}
