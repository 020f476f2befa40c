import * as z from 'zod';
import { didYouMean } from '../base/nearMiss.ts';
import { type PromptOptions, promptOptionSchemas } from '../base/promptOptions.ts';
import { quoted } from '../base/text.ts';
import { errorAt } from './diagnostics.ts';
import type { FileReading } from './fileReading.ts';
import type { OptionEntry, OptionValue } from './optionsYaml.ts';
import { dataDescription, readDataSource } from './rows/dataOption.ts';
import type { DataSource } from './rows/dataSource.ts';
import { parseRanges, rangesDescription } from './rows/rowChoice.ts';
import { toolNamesOf } from './toolNames.ts';
import { reportVariableInOption } from './variables.ts';

/** The options of an options block. */
export interface FileOptions extends PromptOptions {
  readonly skip?: boolean;
  /** Values of variables, by their names. */
  readonly vars?: { readonly [name: string]: string };
  /** Where its rows come from. */
  readonly data?: DataSource;
  /** Which rows run, such as `1-20,35`. */
  readonly rows?: string;
  /** How often each runs. */
  readonly repeat?: number;
  /** The models that each runs with, where there are several. */
  readonly models?: readonly string[];
}

/** What stands in a file besides the options of a conversation. */
type OwnOptions = Omit<FileOptions, keyof PromptOptions>;

/** The options of a conversation, and what else the file says. */
export function splitOptions(all: FileOptions): {
  readonly options: PromptOptions;
  readonly own: OwnOptions;
} {
  const { skip, vars, data, rows, repeat, models, ...options } = all;
  const own = { skip, vars, data, rows, repeat, models };
  const given = Object.entries(own).filter(([, value]) => value !== undefined);
  return { options, own: Object.fromEntries(given) };
}

/** The options of a prompt over those of its file. Of the variables, each counts on its own. */
export function withDefaults(options: FileOptions, defaults: FileOptions): FileOptions {
  const vars = { ...defaults.vars, ...options.vars };
  const all: { -readonly [K in keyof FileOptions]: FileOptions[K] } = { ...defaults, ...options };
  // One model is nearer than the several of the file, and the other way round.
  if (options.model !== undefined) delete all.models;
  if (options.models !== undefined) delete all.model;
  return Object.keys(vars).length === 0 ? all : { ...all, vars };
}

const schemas: { readonly [Key in keyof Required<FileOptions>]: z.ZodType } = {
  ...promptOptionSchemas,
  skip: z.boolean().describe('true or false'),
  vars: z
    .record(z.string().trim().min(1).max(200), z.string())
    .describe('a mapping of names to values'),
  data: z.custom((value) => typeof value === 'object').describe(dataDescription),
  rows: z
    .string()
    .refine((text) => parseRanges(text) !== undefined)
    .describe(rangesDescription),
  repeat: z.number().int().min(1).max(1000).describe('a whole number from 1 to 1,000'),
  models: z.array(promptOptionSchemas.model).min(1).max(20).describe('ids of at most 20 models'),
};

/** The keys of an options block. */
export const optionKeys: readonly string[] = Object.keys(schemas).filter((key) => key !== 'models');

/** Keys of the file format that this version does not support. */
export const laterKeys: readonly string[] = ['expect'];

/** Reads Interleave's own options. Wrong ones are reported as errors and left out. */
export function checkOptions(entries: readonly OptionEntry[], reading: FileReading): FileOptions {
  const options: FileOptions = {};
  for (const entry of entries) {
    if (entry.key === 'model' && entry.value.kind === 'list') {
      Object.assign(options, checkOption(entry, 'models', reading));
    } else if (isOptionKey(entry.key)) {
      Object.assign(options, checkOption(entry, entry.key, reading));
    } else reading.report(unusableKey(entry));
  }
  return options;
}

function isOptionKey(key: string): key is keyof FileOptions {
  return optionKeys.includes(key);
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
    const message = `"${entry.key}" must be ${schemas[key].description}; here it ${given.found}.`;
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
  if (key === 'vars') return varsIn(entry);
  if (key === 'data') return dataIn(entry);
  if (key === 'models') return modelsIn(entry);
  // A single row is a number in YAML.
  const { value } = entry;
  const isNumber = value.kind === 'scalar' && typeof value.value === 'number';
  return key === 'rows' && isNumber
    ? { ...plainValue(value), value: String(value.value) }
    : plainValue(value);
}

function dataIn({ value }: OptionEntry): Given {
  const source = readDataSource(value);
  return typeof source === 'string'
    ? { value: undefined, found: source, range: value.range }
    : { value: source, found: '', range: value.range };
}

function modelsIn({ value }: OptionEntry): Given {
  const items = value.kind === 'list' ? value.items : [];
  const names = items.map((item) => (item.kind === 'scalar' ? item.value : undefined));
  return { value: [...new Set(names)], found: 'has something else', range: value.range };
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
