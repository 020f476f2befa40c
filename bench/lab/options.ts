import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { Protocol } from '../contenders/trial.ts';

/** A wrong flag or number on the command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Flags of a benchmark. Numeric flags have a default; a switch that is on has the value `yes`. */
export type FlagValues = { readonly [name: string]: string | undefined };

/**
 * Reads `--name value` flags, and `switches` without a value; shows `help` for `--help` and after an
 * error.
 */
export function readFlags(
  names: readonly string[],
  help: string,
  switches: readonly string[] = [],
): FlagValues {
  const options: ParseArgsOptionsConfig = { help: { type: 'boolean' } };
  for (const name of names) options[name] = { type: 'string' };
  for (const name of switches) options[name] = { type: 'boolean' };
  try {
    const { values } = parseArgs({ options, strict: true });
    if (values.help === true) {
      console.log(help);
      process.exit(0);
    }
    const on = switches.filter((name) => values[name] === true).map((name) => [name, 'yes']);
    return { ...(values as FlagValues), ...Object.fromEntries(on) };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${help}`);
  }
}

export function numberFlag(values: FlagValues, name: string, fallback: number): number {
  const text = values[name];
  if (text === undefined) return fallback;
  const number = Number(text);
  if (Number.isFinite(number) && number >= 0) return number;
  throw new UsageError(`--${name} must be a number, not "${text}".`);
}

/** A comma-separated list of whole numbers above 0; undefined when absent. */
export function numbersFlag(values: FlagValues, name: string): readonly number[] | undefined {
  const text = values[name];
  const numbers = text?.split(',').map(Number);
  if (numbers === undefined || numbers.every((number) => Number.isInteger(number) && number > 0)) {
    return numbers;
  }
  throw new UsageError(`--${name} must be whole numbers above 0, not "${text}".`);
}

/** A comma-separated list whose entries must all be in `known`. */
export function listFlag<T extends string>(
  values: FlagValues,
  name: string,
  known: readonly T[],
): readonly T[] {
  const text = values[name];
  if (text === undefined) return known;
  return text.split(',').map((entry) => {
    const found = known.find((one) => one === entry);
    if (found !== undefined) return found;
    throw new UsageError(`--${name} knows ${known.join(', ')}, but not "${entry}".`);
  });
}

export const protocols: readonly Protocol[] = ['anthropic', 'openai'];

/** Runs a benchmark and sets the exit code: 0 whatever the figures, 1 when something broke. */
export async function runBenchmark(main: () => Promise<boolean>): Promise<void> {
  try {
    process.exitCode = (await main()) ? 0 : 1;
  } catch (error) {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
