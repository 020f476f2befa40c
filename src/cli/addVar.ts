import { InvalidArgumentError } from 'commander';
import type { Values } from '../core/prompts/bindTemplate.ts';

/** Parses one `name=value` of `--var` and adds it to the values before it. */
export function addVar(text: string, before: Values = new Map()): Values {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals)).trim();
  if (name === '') throw new InvalidArgumentError('Write NAME=VALUE.');
  if (before.has(name)) throw new InvalidArgumentError(`${name} is given twice.`);
  return new Map([...before, [name, text.slice(equals + 1)]]);
}
