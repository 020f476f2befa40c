import type * as z from 'zod';
import { UserError } from '../core/base/errors.ts';
import { mainLimitNames } from '../core/base/limits.ts';
import { limitOf } from '../core/base/promptOptions.ts';
import { settingSchemas, someLimits } from '../core/runner/runRequestSchema.ts';
import { runLimitNames } from './limitSettings.ts';
import type { RunOptions } from './runArgument.ts';

type OptionSchemas = { readonly [K in keyof Required<RunOptions>]: z.ZodType };

/** Schemas of the run options of the API. Each description completes `must be …` in an error message. */
const optionSchemas = {
  ...settingSchemas,
  ...Object.fromEntries(mainLimitNames.map((name) => [name, limitOf(name)])),
  // Limits of connections and of the disk apply to the window, so a run cannot override them.
  limits: someLimits(runLimitNames).describe(
    `an object with numbers in their ranges by the names ${runLimitNames.join(', ')}`,
  ),
} as { readonly [name: string]: z.ZodType } as OptionSchemas;

/** Throws a `UserError` for an unknown option or an invalid value. */
export function checkRunOptions(options: unknown): void {
  if (typeof options !== 'object') throw wrong('options', 'an object');
  for (const [key, value] of Object.entries(options ?? {})) {
    if (!isOption(key)) {
      const known = Object.keys(optionSchemas).join(', ');
      throw new UserError(`Unknown run option ${key}. Known options: ${known}.`);
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
