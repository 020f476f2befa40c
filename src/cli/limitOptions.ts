import { InvalidArgumentError } from 'commander';
import type { LimitName, LimitValues } from '../core/base/limits.ts';
import { limitNames, limits } from '../core/base/limits.ts';
import {
  isLimitValue,
  limitFlag,
  limitFlagNames,
  limitRange,
  limitSubject,
} from '../core/base/limitValues.ts';
import { formatInteger } from '../shared/quantities.ts';

/** A parser for the value of a limit's own option. */
export function toLimit(name: LimitName): (text: string) => number {
  return (text) => {
    const number = numberOf(text);
    if (isLimitValue(name, number)) return number;
    throw new InvalidArgumentError(`It must be ${limitRange(name)}.`);
  };
}

/** Parses one `name=value` of `--limit` and adds it to the values before it. */
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
  if (own !== undefined) return `Use ${limitFlag(own)} instead.`;
  return `There is no such limit. The limits are: ${limitFlagNames.join(', ')}.`;
}

/** The value of a plain decimal number; undefined for anything else, such as `1e3`. */
function numberOf(text: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** The output of `interleave limits`: for each limit a line with its option, default, range and meaning. */
export function limitList(): string {
  const rows = limitNames.map((name) => {
    const { minimum, maximum, unit, default: usual } = limits[name];
    const range = `${formatInteger(minimum)} to ${formatInteger(maximum)}`;
    const byDefault = usual === 0 ? 'none' : `${formatInteger(usual)} ${unit}`;
    return [limitFlag(name), byDefault, range, limitSubject(name)];
  });
  const all = [['option', 'default', 'range', 'what it limits'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return `${all.map(line).join('\n')}\n`;
}
