import type { ErrorKind } from './conversationEvents.ts';

/** Error kinds in words, the same in every view. They stand alone or before a colon. */
export const errorWords: { readonly [K in ErrorKind]: string } = {
  auth: 'authentication',
  rate_limit: 'rate limit',
  quota: 'quota used up',
  overloaded: 'overloaded',
  network: 'network',
  protocol: 'unexpected response',
  invalid_request: 'invalid request',
  not_found: 'not found',
  approval: 'not approved',
  internal: 'internal error',
};
