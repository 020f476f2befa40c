import { formatNumber } from '../../shared/quantities.ts';
import type {
  GuardLimitName,
  LimitName,
  LimitSettingName,
  LimitValues,
  NumberRange,
} from './limits.ts';
import { guardLimits, limitNames, limits, valuesOf } from './limits.ts';
import { clipEnd, visibleText } from './text.ts';

/** The setting of a limit, by its name after `interleave.`. */
export function limitSettingName(name: LimitName): LimitSettingName {
  return isGuardLimit(name) ? `limits.${name}` : name;
}

/** The full id of a limit's setting. */
export function limitSetting(name: LimitName): `interleave.${LimitSettingName}` {
  return `interleave.${limitSettingName(name)}`;
}

/** Whether the setting of a limit is `interleave.limits.<name>`. */
export function isGuardLimit(name: LimitName): name is GuardLimitName {
  return Object.hasOwn(guardLimits, name);
}

/** The command line option for a limit, such as `--limit toolCalls=N`. */
export function limitFlag(name: LimitName): string {
  const { flag } = limits[name];
  return flag === undefined ? `--limit ${name}=N` : `${flag} N`;
}

/** What is limited, for people. `measure` stands behind it, before what zero means. */
export function limitSubject(name: LimitName, measure = ''): string {
  const { what, minimum } = limits[name];
  return `${what}${measure}${minimum === 0 ? '; 0 for no limit' : ''}`;
}

/** The limits that `--limit` sets: those without an option of their own. */
export const limitFlagNames = limitNames.filter((name) => limits[name].flag === undefined);

/** The effective value of a limit, and the problem with the given one. */
export interface LimitReading {
  readonly value: number;
  /** One sentence for the user; absent when the given value is valid. */
  readonly problem?: string;
}

/** Reads a limit from a value of any type. */
export function readLimit(name: LimitName, given: unknown): LimitReading {
  return readWithin(limits[name], given, limitSetting(name));
}

/**
 * A number out of range becomes the nearest allowed one, anything else the default. `key` is the name in messages.
 */
export function readWithin(range: NumberRange, given: unknown, key: string): LimitReading {
  const value = typeof given === 'number' ? nearest(range, given) : range.default;
  if (value === given) return { value };
  const problem = `${key} is ${shownValue(given)}, but must be ${rangeText(range)}. ${formatNumber(value)} is used.`;
  return { value, problem };
}

/** A value for every limit: the given one, or the default. */
export function completeLimits(given: Partial<LimitValues>): LimitValues {
  return valuesOf((name) => given[name] ?? limits[name].default);
}

/** A short form of an invalid value, for a message. */
export function shownValue(given: unknown): string {
  if (typeof given === 'number') return String(given);
  try {
    return clipEnd(visibleText(JSON.stringify(given) ?? String(given)), 40);
  } catch {
    return `a ${typeof given}`;
  }
}

/** Whether a value is allowed. */
export function isLimitValue(name: LimitName, value: unknown): value is number {
  return typeof value === 'number' && nearest(limits[name], value) === value;
}

/** The allowed values, for messages: `a whole number from 1 to 1,000`. */
export function limitRange(name: LimitName): string {
  return rangeText(limits[name]);
}

function rangeText({ minimum, maximum, fractions }: NumberRange): string {
  const kind = fractions === true ? 'a number' : 'a whole number';
  return `${kind} from ${formatNumber(minimum)} to ${formatNumber(maximum)}`;
}

/** A limit with its unit: `1,000 prompts`, `1 MB`, `30 s`. */
export function formatLimit(name: LimitName, value: number): string {
  const { unit } = limits[name];
  if (unit === 'KB' || unit === 'MB') return formatSize(value * (unit === 'KB' ? 1e3 : 1e6));
  if (unit === 'USD') return `$${formatNumber(value)}`;
  return `${formatNumber(value)} ${unit}`;
}

/** A rounded size for messages about limits: `64 KB`, `1.2 MB`, `1 GB`. */
export function formatSize(bytes: number): string {
  const [unit, size] = bytes < 1e6 ? ['KB', 1e3] : bytes < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
  return `${Number((bytes / size).toPrecision(4))} ${unit}`;
}

function nearest(range: NumberRange, given: number): number {
  if (Number.isNaN(given)) return range.default;
  const whole = range.fractions === true ? given : Math.round(given);
  return Math.min(range.maximum, Math.max(range.minimum, whole));
}
