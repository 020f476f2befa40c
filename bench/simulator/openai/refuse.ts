import { RequestRefusal } from '../requestRefusal.ts';

/** Refuses a request in the API's words. */
export function refuse(message: string, param: string | null = null, code?: string): never {
  throw new RequestRefusal(message, {
    ...(param === null ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  });
}

/** Refuses an unknown field. */
export function refuseUnknown(param: string): never {
  refuse(`Unknown parameter: '${param}'.`, param, 'unknown_parameter');
}
