import type {
  GuardLimitName,
  LimitName,
  LimitSettingName,
  LimitValues,
} from '../core/base/limits.ts';
import { guardLimitNames, maxConcurrent, valuesOf } from '../core/base/limits.ts';
import { limitSettingName, readLimit, shownValue } from '../core/base/limitValues.ts';
import type { Concurrency } from '../core/limiter/limiter.ts';
import { settingId } from './settingFacts.ts';

/** Returns the raw value of a limit's setting, of any type. */
export type ReadSetting = (name: LimitSettingName) => unknown;

/**
 * Reads every limit. Calls `report` for each invalid value, with a message that names the value used instead.
 */
export function readLimits(read: ReadSetting, report: (problem: string) => void): LimitValues {
  return valuesOf((name: LimitName) => {
    const { value, problem } = readLimit(name, read(limitSettingName(name)));
    if (problem !== undefined) report(problem);
    return value;
  });
}

/** Reads the max number of requests in flight. Reports an invalid value in the same way. */
export function readConcurrency(given: unknown, report: (problem: string) => void): Concurrency {
  if (given === 'auto' || given === 'unlimited') return given;
  const number = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
  const usable = typeof number === 'number' && Number.isFinite(number);
  const value = usable ? Math.min(maxConcurrent, Math.max(1, Math.round(number))) : 'auto';
  if (value !== number) {
    report(
      `${settingId('concurrency')} is ${shownValue(given)}, but must be auto, unlimited or a whole number from 1 to ${maxConcurrent}. ${value} is used.`,
    );
  }
  return value;
}

/** Limits that apply to the window, not to one run. */
const windowLimits: ReadonlySet<GuardLimitName> = new Set([
  'headersSeconds',
  'idleSeconds',
  'contentSeconds',
  'eventKB',
  'responseKB',
  'errorKB',
  'errorCharacters',
  'journalWarnMB',
  'journalStopMB',
]);

/** Guard limits that one run may override. */
export const runLimitNames = guardLimitNames.filter((name) => !windowLimits.has(name));
