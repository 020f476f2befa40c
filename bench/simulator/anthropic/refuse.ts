import { RequestRefusal } from '../requestRefusal.ts';

/** Refuses a request in the API's words. */
export function refuse(message: string): never {
  throw new RequestRefusal(message, { code: 'invalid_request_error' });
}
