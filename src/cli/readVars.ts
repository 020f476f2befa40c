import { parse } from 'yaml';
import { UserError } from '../core/base/errors.ts';
import { readRegularFile } from '../core/base/readRegularFile.ts';
import type { Values } from '../core/prompts/bindTemplate.ts';
import { messageOf } from '../shared/thrown.ts';
import { fileProblem } from './fileProblem.ts';
import { decodePromptBytes } from './promptBytes.ts';

/** Max bytes of a file with values. */
const maxBytes = 10_000_000;

/** Reads the values of a `--vars` file. Throws a `UserError` for a file that is not a mapping of names to values. */
export async function readVars(file: string): Promise<Values> {
  const bytes = await readRegularFile(file, { maxBytes }).catch((error: unknown) => {
    throw new UserError(`${file} ${fileProblem(error)}.`);
  });
  const decoded = decodePromptBytes(bytes);
  if ('problem' in decoded) throw new UserError(`${file}: ${decoded.problem}`);
  const entries = Object.entries(mappingIn(decoded.text, file));
  return new Map(
    entries.map(([name, value]) => {
      if (isPlain(value)) return [name.trim(), String(value)];
      throw new UserError(
        `${file}: the value of ${JSON.stringify(name)} must be a text or number.`,
      );
    }),
  );
}

function mappingIn(text: string, file: string): object {
  let read: unknown;
  try {
    read = parse(text.replace(/^\uFEFF/, ''), { maxAliasCount: 0, logLevel: 'error' });
  } catch (error) {
    const reason = messageOf(error)
      .split('\n')[0]
      ?.replace(/[.:\s]+$/, '');
    throw new UserError(`${file} is neither JSON nor YAML: ${reason}.`);
  }
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read;
  throw new UserError(`${file} must have names with their values, such as "language: French".`);
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
}
