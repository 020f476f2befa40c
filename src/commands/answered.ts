import { wantsAnswer } from '../host/commandTargets.ts';
import type { RequestAnswer } from '../shared/panelProtocol.ts';

/**
 * The return value of a command. A view that shows the outcome gets `answer` immediately. Other callers get
 * `result()`, which may be pending until the run ends.
 */
export function answered<T>(
  argument: unknown,
  answer: RequestAnswer,
  result: () => T,
): RequestAnswer | T {
  return wantsAnswer(argument) ? answer : result();
}

/** The command was carried out or has started. */
export function done(message: string): RequestAnswer {
  return { ok: true, message };
}

/** The command was not carried out; `message` tells the user why. */
export function refused(message: string): RequestAnswer {
  return { ok: false, message };
}

/** The command was not carried out, and the user already knows why. */
export const declined: RequestAnswer = { ok: false };
