import { InvalidArgumentError } from 'commander';
import type { LimitName, LimitValues } from '../core/base/limits.ts';
import { defaultLimitValues, limitNames, limits } from '../core/base/limits.ts';
import { isLimitValue, limitFlag, limitFlagNames, limitRange } from '../core/base/limitValues.ts';
import { formatInteger } from '../shared/quantities.ts';

/** What the options that set limits come to. */
export interface LimitOptions {
  readonly maxTurns?: number;
  readonly maxTokens?: number;
  /** Seconds. */
  readonly timeout?: number;
  /** US dollars. */
  readonly maxCost?: number;
  /** Seconds. */
  readonly maxWait?: number;
  /** The limits without an option of their own. */
  readonly limit?: Partial<LimitValues>;
}

/** Every limit: as it was given, or by default. */
export function limitValues(options: LimitOptions): LimitValues {
  return { ...defaultLimitValues, ...givenLimits(options) };
}

/** The limits that were given. */
export function givenLimits(options: LimitOptions): Partial<LimitValues> {
  const { maxTurns, maxTokens, timeout, maxCost, maxWait, limit } = options;
  return {
    ...limit,
    ...(maxTurns === undefined ? {} : { maxTurns }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    ...(maxWait === undefined ? {} : { maxWaitSeconds: maxWait }),
    ...(maxCost === undefined ? {} : { maxCostUsd: maxCost }),
  };
}

/** Reads the number of a limit's own option. */
export function toLimit(name: LimitName): (text: string) => number {
  return (text) => {
    const number = numberOf(text);
    if (isLimitValue(name, number)) return number;
    throw new InvalidArgumentError(`It must be ${limitRange(name)}.`);
  };
}

/** Adds one `name=value` of `--limit` to those before it. */
export function addLimit(text: string, before: Partial<LimitValues> = {}): Partial<LimitValues> {
  const equals = text.indexOf('=');
  const given = equals < 0 ? text : text.slice(0, equals);
  const name = limitFlagNames.find((known) => known === given);
  if (name === undefined) throw new InvalidArgumentError(unknownLimit(given));
  if (before[name] !== undefined) throw new InvalidArgumentError(`${name} is given twice.`);
  const value = equals < 0 ? undefined : numberOf(text.slice(equals + 1));
  if (isLimitValue(name, value)) return { ...before, [name]: value };
  throw new InvalidArgumentError(`Write ${name}=N, where N is ${limitRange(name)}.`);
}

function unknownLimit(given: string): string {
  const own = limitNames.find((name) => name === given);
  if (own !== undefined) return `Use ${limitFlag(own)} for it.`;
  return `There is no such limit. There are: ${limitFlagNames.join(', ')}.`;
}

/** Only what is written as a plain number. */
function numberOf(text: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** `interleave limits`: one line a limit: how it is set, its default, its range and what it limits. */
export function limitList(): string {
  const rows = limitNames.map((name) => {
    const { minimum, maximum, what, unit, default: usual } = limits[name];
    const range = `${formatInteger(minimum)} to ${formatInteger(maximum)}`;
    const byDefault = usual === 0 ? 'none' : `${formatInteger(usual)} ${unit}`;
    return [limitFlag(name), byDefault, range, what];
  });
  const all = [['option', 'default', 'range', 'what is limited'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return `${all.map(line).join('\n')}\n`;
}
