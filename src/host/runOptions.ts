import type * as z from 'zod';
import { UserError } from '../core/base/errors.ts';
import { mainLimitNames } from '../core/base/limits.ts';
import { limitOf } from '../core/base/promptOptions.ts';
import { settingSchemas, someLimits } from '../core/runner/runRequestSchema.ts';
import { runLimitNames } from './limitSettings.ts';
import type { RunOptions } from './runArgument.ts';

type OptionSchemas = { readonly [K in keyof Required<RunOptions>]: z.ZodType };

/** Checks each option of a run, as another extension gives it. The description completes `must be …`. */
const optionSchemas = {
  ...settingSchemas,
  ...Object.fromEntries(mainLimitNames.map((name) => [name, limitOf(name)])),
  // Limits of connections and of the disk are settings only.
  limits: someLimits(runLimitNames).describe(
    `an object with numbers in their ranges by the names ${runLimitNames.join(', ')}`,
  ),
} as { readonly [name: string]: z.ZodType } as OptionSchemas;

/** Throws a `UserError` unless these are options of a run with values that they may have. */
export function checkRunOptions(options: unknown): void {
  if (typeof options !== 'object') throw wrong('options', 'an object');
  for (const [key, value] of Object.entries(options ?? {})) {
    if (!isOption(key)) {
      const known = Object.keys(optionSchemas).join(', ');
      throw new UserError(`There is no run option ${key}. There are: ${known}.`);
    }
    const schema = optionSchemas[key];
    if (!schema.safeParse(value).success) throw wrong(`options.${key}`, schema.description ?? '');
  }
}

function isOption(key: string): key is keyof RunOptions {
  return Object.hasOwn(optionSchemas, key);
}

function wrong(key: string, expected: string): UserError {
  return new UserError(`${key} must be ${expected}. Nothing was sent.`);
}
