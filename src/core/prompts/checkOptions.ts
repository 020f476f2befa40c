import * as z from 'zod';
import { didYouMean } from '../base/nearMiss.ts';
import { type PromptOptions, promptOptionSchemas } from '../base/promptOptions.ts';
import { quoted } from '../base/text.ts';
import { errorAt } from './diagnostics.ts';
import type { FileReading } from './fileReading.ts';
import type { OptionEntry, OptionValue } from './optionsYaml.ts';
import { toolNamesOf } from './toolNames.ts';
import { reportVariableInOption } from './variables.ts';

/** The options of an options block. */
export interface FileOptions extends PromptOptions {
  readonly skip?: boolean;
  /** Values of variables, by their names. */
  readonly vars?: { readonly [name: string]: string };
}

/** The options of a prompt over those of its file. Of the variables, each counts on its own. */
export function withDefaults(options: FileOptions, defaults: FileOptions): FileOptions {
  const vars = { ...defaults.vars, ...options.vars };
  const all = { ...defaults, ...options };
  return Object.keys(vars).length === 0 ? all : { ...all, vars };
}

const schemas: { readonly [Key in keyof Required<FileOptions>]: z.ZodType } = {
  ...promptOptionSchemas,
  skip: z.boolean().describe('true or false'),
  vars: z
    .record(z.string().trim().min(1).max(200), z.string())
    .describe('a mapping of names to values'),
};

/** The keys of an options block. */
export const optionKeys: readonly string[] = Object.keys(schemas);

/** Keys of the file format that this version does not support. */
export const laterKeys: readonly string[] = ['data', 'rows', 'repeat', 'expect'];

/** Reads Interleave's own options. Wrong ones are reported as errors and left out. */
export function checkOptions(entries: readonly OptionEntry[], reading: FileReading): FileOptions {
  const options: FileOptions = {};
  for (const entry of entries) {
    if (isOptionKey(entry.key)) {
      Object.assign(options, checkOption(entry, entry.key, reading));
    } else reading.report(unusableKey(entry));
  }
  return options;
}

function isOptionKey(key: string): key is keyof FileOptions {
  return Object.hasOwn(schemas, key);
}

function checkOption(
  entry: OptionEntry,
  key: keyof FileOptions,
  reading: FileReading,
): FileOptions {
  const { report, onAgent } = reading;
  const given = givenValue(entry, key, reading);
  const read = schemas[key].safeParse(given.value);
  if (!read.success) {
    const message = `"${key}" must be ${schemas[key].description}; here it ${given.found}.`;
    report(errorAt(given.range, 'invalid-value', message));
    return {};
  }
  if (key === 'system') reportVariableInOption(String(read.data), given.range, report);
  if (key === 'agent') onAgent?.({ name: String(read.data), role: 'answer', range: given.range });
  return { [key]: read.data };
}

/** A value to check. `found` completes `here it …` in the message when it is not allowed. */
interface Given {
  readonly value: unknown;
  readonly found: string;
  readonly range: OptionValue['range'];
}

function givenValue(entry: OptionEntry, key: keyof FileOptions, reading: FileReading): Given {
  if (key === 'tools') return toolsIn(entry, reading);
  return key === 'vars' ? varsIn(entry) : plainValue(entry.value);
}

/** A mapping of names to texts, numbers and so on, which all become texts. */
function varsIn({ value }: OptionEntry): Given {
  if (value.kind !== 'map') return plainValue(value);
  const wrong = value.entries.find((entry) => entry.value === undefined || entry.value === null);
  if (wrong !== undefined) {
    const found = `has no plain value for ${quoted(wrong.name)}`;
    return { value: undefined, found, range: wrong.valueRange };
  }
  const vars = value.entries.map((entry) => [entry.name, String(entry.value)]);
  return {
    value: Object.fromEntries(vars),
    found: 'has a name that is empty or too long',
    range: value.range,
  };
}

function plainValue(value: OptionValue): Given {
  const { range } = value;
  return { value: value.kind === 'scalar' ? value.value : undefined, found: found(value), range };
}

function found(value: OptionValue): string {
  switch (value.kind) {
    case 'list':
      return 'is a list';
    case 'map':
    case 'other':
      return 'is a mapping or an alias';
    case 'scalar':
      if (value.value === null) return 'has no value';
      return typeof value.value === 'string'
        ? `is the text ${quoted(value.value)}`
        : `is ${String(value.value)}`;
  }
}

/** Reads names of tools and reports unknown ones. */
function toolsIn({ value }: OptionEntry, { knownTools, report }: FileReading): Given {
  const tools = toolNamesOf(value);
  if (!tools.ok) return { value: undefined, found: `has ${tools.found}`, range: tools.range };
  for (const { name, range } of tools.names) {
    if (!knownTools || knownTools.has(name)) continue;
    const known = [...knownTools.keys()];
    const message = `There is no tool ${quoted(name)}.${didYouMean(name, known)} Tools: ${known.join(', ')}.`;
    report(errorAt(range, 'unknown-tool', message));
  }
  const names = tools.names.map(({ name }) => name);
  return { value: names, found: 'has too many names, or too long ones', range: value.range };
}

function unusableKey({ key, keyRange }: OptionEntry) {
  if (laterKeys.includes(key)) return notSupported(key, keyRange);
  const hint =
    key === 'name'
      ? ' The heading is the name of a prompt; in a *.prompt.md, the header is the place for it.'
      : didYouMean(key, optionKeys);
  const message = `${quoted(key)} is not an option.${hint} Options: ${optionKeys.join(', ')}.`;
  return errorAt(keyRange, 'unknown-option', message);
}

/** The error for a key that this version does not support. */
export function notSupported(key: string, keyRange: OptionEntry['keyRange']) {
  const message = `"${key}" is not supported by this version of Interleave; remove it.`;
  return errorAt(keyRange, 'not-supported', message);
}
