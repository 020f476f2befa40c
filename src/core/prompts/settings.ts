import * as z from 'zod';
import { didYouMean } from '../base/nearMiss.ts';
import { type PromptOptions, promptOptionSchemas } from '../base/promptOptions.ts';
import { quoted } from '../base/text.ts';
import { errorAt, type Report } from './diagnostics.ts';
import type { SettingEntry, SettingValue } from './settingsYaml.ts';
import { toolNamesOf } from './toolNames.ts';
import { reportVariableInSetting } from './variables.ts';

/** The settings of a settings block. */
export interface Settings extends PromptOptions {
  readonly skip?: boolean;
}

const schemas: { readonly [Key in keyof Required<Settings>]: z.ZodType } = {
  ...promptOptionSchemas,
  skip: z.boolean().describe('true or false'),
};

/** The keys of a settings block. */
export const settingKeys: readonly string[] = Object.keys(schemas);

/** Keys of the file format that this version does not support. */
export const laterKeys: readonly string[] = ['data', 'rows', 'vars', 'repeat', 'expect'];

/** Reads Interleave's own settings. Wrong ones are reported as errors and left out. */
export function checkSettings(
  entries: readonly SettingEntry[],
  knownTools: readonly string[] | undefined,
  report: Report,
): Settings {
  const settings: Settings = {};
  for (const entry of entries) {
    if (isSettingKey(entry.key)) {
      Object.assign(settings, checkSetting(entry, entry.key, { knownTools, report }));
    } else report(unusableKey(entry));
  }
  return settings;
}

function isSettingKey(key: string): key is keyof Settings {
  return Object.hasOwn(schemas, key);
}

function checkSetting(
  entry: SettingEntry,
  key: keyof Settings,
  options: { readonly knownTools: readonly string[] | undefined; readonly report: Report },
): Settings {
  const { report } = options;
  const given = key === 'tools' ? toolsIn(entry, options) : plainValue(entry.value);
  const read = schemas[key].safeParse(given.value);
  if (!read.success) {
    const message = `"${key}" must be ${schemas[key].description}; here it ${given.found}.`;
    report(errorAt(given.range, 'invalid-value', message));
    return {};
  }
  if (key === 'system') reportVariableInSetting(String(read.data), given.range, report);
  return { [key]: read.data };
}

/** A value to check. `found` completes `here it …` in the message when it is not allowed. */
interface Given {
  readonly value: unknown;
  readonly found: string;
  readonly range: SettingValue['range'];
}

function plainValue(value: SettingValue): Given {
  const { range } = value;
  return { value: value.kind === 'scalar' ? value.value : undefined, found: found(value), range };
}

function found(value: SettingValue): string {
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
function toolsIn(
  { value }: SettingEntry,
  {
    knownTools,
    report,
  }: { readonly knownTools: readonly string[] | undefined; readonly report: Report },
): Given {
  const tools = toolNamesOf(value);
  if (!tools.ok) return { value: undefined, found: `has ${tools.found}`, range: tools.range };
  for (const { name, range } of tools.names) {
    if (!knownTools || knownTools.includes(name)) continue;
    const message = `There is no tool ${quoted(name)}.${didYouMean(name, knownTools)} Tools: ${knownTools.join(', ')}.`;
    report(errorAt(range, 'unknown-tool', message));
  }
  const names = tools.names.map(({ name }) => name);
  return { value: names, found: 'has too many names, or too long ones', range: value.range };
}

function unusableKey({ key, keyRange }: SettingEntry) {
  if (laterKeys.includes(key)) return notSupported(key, keyRange);
  const hint =
    key === 'name'
      ? ' The heading is the name of a prompt; in a *.prompt.md, the header is the place for it.'
      : didYouMean(key, settingKeys);
  const message = `${quoted(key)} is not a setting.${hint} Settings: ${settingKeys.join(', ')}.`;
  return errorAt(keyRange, 'unknown-setting', message);
}

/** The error for a key that this version does not support. */
export function notSupported(key: string, keyRange: SettingEntry['keyRange']) {
  const message = `"${key}" is not supported by this version of Interleave; remove it.`;
  return errorAt(keyRange, 'not-supported', message);
}
