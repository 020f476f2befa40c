import { wantsAnswer } from '../host/commandTargets.ts';
import type { RequestAnswer } from '../shared/panelProtocol.ts';

/**
 * What a command resolves with. A view that shows what became of its request hears it at once; everyone
 * else gets the command's own result, which may take until the end of the run.
 */
export function answered<T>(
  argument: unknown,
  answer: RequestAnswer,
  result: () => T,
): RequestAnswer | T {
  return wantsAnswer(argument) ? answer : result();
}

/** It was done, or has begun. */
export function done(message: string): RequestAnswer {
  return { ok: true, message };
}

/** It was not done. */
export function refused(message: string): RequestAnswer {
  return { ok: false, message };
}

/** It was not done, and the person knows why. */
export const declined: RequestAnswer = { ok: false };
