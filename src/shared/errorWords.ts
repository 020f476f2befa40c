import type { ErrorKind } from './conversationEvents.ts';

/** What went wrong, in the words of every view: before a colon, or alone. */
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
