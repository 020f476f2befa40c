import type { ErrorKind } from './outcome.ts';

/** What holds for every error of a kind, unless an error says otherwise of itself. */
interface ErrorKindRow {
  /** What went wrong, in the words of every view: before a colon, or alone. */
  readonly words: string;
  /** Whether the same request may succeed later, so that it is sent again. */
  readonly retryable: boolean;
  /** Whether every other request of the run would fail as well until the user fixes it: the run is paused. */
  readonly blocking: boolean;
}

/** One row a kind. What an API's error of a kind says is in `core/providers/transport/apiErrorMessage.ts`. */
export const errorKindTable: { readonly [K in ErrorKind]: ErrorKindRow } = {
  auth: { words: 'authentication', retryable: false, blocking: true },
  rate_limit: { words: 'rate limit', retryable: true, blocking: false },
  quota: { words: 'quota used up', retryable: false, blocking: true },
  overloaded: { words: 'overloaded', retryable: true, blocking: false },
  network: { words: 'network', retryable: true, blocking: false },
  protocol: { words: 'unexpected response', retryable: true, blocking: false },
  invalid_request: { words: 'invalid request', retryable: false, blocking: false },
  not_found: { words: 'not found', retryable: false, blocking: false },
  approval: { words: 'not approved', retryable: false, blocking: false },
  internal: { words: 'internal error', retryable: false, blocking: false },
};
