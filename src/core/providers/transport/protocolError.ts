import { ProviderError } from '../providerError.ts';
import type { ErrorContext } from './networkError.ts';

/** An answer that breaks the protocol. `problem` completes "… cannot be read:". */
export function protocolError(problem: string, context: ErrorContext): ProviderError {
  return withRetryable(problem, context, true);
}

/** The same for an answer that a retry would get again. */
export function lastingProtocolError(problem: string, context: ErrorContext): ProviderError {
  return withRetryable(problem, context, false);
}

function withRetryable(
  problem: string,
  { host, httpStatus, requestId }: ErrorContext,
  retryable: boolean,
): ProviderError {
  return new ProviderError(
    `The answer of ${host} cannot be read: ${problem}. Retry, and check the base URL if it stays so.`,
    { kind: 'protocol', httpStatus, requestId, retryable },
  );
}
