import { given } from '../../shared/given.ts';
import type { ConversationError } from '../../shared/outcome.ts';
import { messageOf } from '../../shared/thrown.ts';
import { ProviderError } from '../providers/providerError.ts';

/** Converts a thrown value to a `ProviderError`. Anything unknown is a bug of this program. */
export function asProviderError(thrown: unknown): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  return new ProviderError(`Interleave failed: ${messageOf(thrown)}`, {
    kind: 'internal',
    cause: thrown,
  });
}

/** A failed request in the form of events and results. */
export function toConversationError(failure: ProviderError, attempts: number): ConversationError {
  return {
    kind: failure.kind,
    message: failure.message,
    attempts,
    ...given({ httpStatus: failure.httpStatus, requestId: failure.requestId }),
  };
}
