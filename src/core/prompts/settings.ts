import * as z from 'zod';
import { limits } from '../base/limits.ts';
import { limitRange } from '../base/limitValues.ts';
import { reasoningEfforts } from '../base/reasoningEffort.ts';
import { errorAt, quoted, type Report } from './diagnostics.ts';
import { didYouMean } from './nearMiss.ts';
import type { PromptOptions } from './prompt.ts';
import type { SettingEntry, SettingValue } from './settingsYaml.ts';
import { toolNamesOf } from './toolNames.ts';
import { reportVariableInSetting } from './variables.ts';

/** What a settings block can say about its prompts. */
export interface Settings extends PromptOptions {
  readonly skip?: boolean;
}

type SettingValues = Required<Settings>;
type PlainKey = Exclude<keyof Settings, 'tools'>;

interface Rule<Value> {
  readonly schema: z.ZodType<Value>;
  /** Completes `must be …`. */
  readonly expected: string;
}

const text = z.string().trim().min(1);

/** What the limit of the same name may be set to anywhere. */
function limit(name: 'maxTurns' | 'maxTokens'): Rule<number> {
  const { minimum, maximum } = limits[name];
  return {
    schema: z.number().int().min(minimum).max(maximum),
    expected: limitRange(name),
  };
}

const rules: { readonly [Key in PlainKey]: Rule<SettingValues[Key]> } = {
  provider: {
    schema: z.enum(['anthropic', 'openai', 'vscode', 'demo']),
    expected: 'anthropic, openai, vscode or demo',
  },
  model: { schema: text, expected: 'the id of a model, in quotes if it looks like a number' },
  effort: { schema: z.enum(reasoningEfforts), expected: `one of ${reasoningEfforts.join(', ')}` },
  system: { schema: text, expected: 'text' },
  maxTurns: limit('maxTurns'),
  maxTokens: limit('maxTokens'),
  timeout: {
    schema: z.number().positive().max(limits.timeoutSeconds.maximum),
    expected: `a number of seconds above 0, at most ${limits.timeoutSeconds.maximum}`,
  },
  toolExecution: { schema: z.enum(['serial', 'parallel']), expected: 'serial or parallel' },
  skip: { schema: z.boolean(), expected: 'true or false' },
};

/** The keys of a settings block. */
export const settingKeys: readonly string[] = [
  'provider',
  'model',
  'effort',
  'system',
  'tools',
  'maxTurns',
  'maxTokens',
  'timeout',
  'toolExecution',
  'skip',
] satisfies readonly (keyof Settings)[];

/** Keys of the file format which this version does not carry out. */
export const laterKeys: readonly string[] = ['data', 'rows', 'vars', 'repeat', 'expect', 'agent'];

/** Reads Interleave's own settings. What is wrong is reported as an error and left out. */
export function checkSettings(
  entries: readonly SettingEntry[],
  knownTools: readonly string[] | undefined,
  report: Report,
): Settings {
  const settings: { -readonly [Key in keyof Settings]: Settings[Key] } = {};
  for (const entry of entries) {
    if (entry.key === 'tools') {
      const tools = checkTools(entry, knownTools, report);
      if (tools) settings.tools = tools;
    } else if (isPlainKey(entry.key)) {
      Object.assign(settings, checkPlain(entry, entry.key, report));
    } else report(unusableKey(entry));
  }
  return settings;
}

function isPlainKey(key: string): key is PlainKey {
  return Object.hasOwn(rules, key);
}

function checkPlain(entry: SettingEntry, key: PlainKey, report: Report): Settings {
  const { schema, expected }: Rule<unknown> = rules[key];
  const result = schema.safeParse(entry.value.kind === 'scalar' ? entry.value.value : undefined);
  if (!result.success) {
    const message = `"${key}" must be ${expected}; here it ${described(entry.value)}.`;
    report(errorAt(entry.value.range, 'invalid-value', message));
    return {};
  }
  if (key === 'system') reportVariableInSetting(String(result.data), entry.value.range, report);
  return { [key]: result.data };
}

function described(value: SettingValue): string {
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

function checkTools(
  entry: SettingEntry,
  knownTools: readonly string[] | undefined,
  report: Report,
): readonly string[] | undefined {
  const tools = toolNamesOf(entry.value);
  if (!tools.ok) {
    const message =
      '"tools" must be a list of tool names, or their names with commas between them; [] allows none.';
    report(errorAt(tools.range, 'invalid-value', message));
    return undefined;
  }
  for (const { name, range } of tools.names) {
    if (!knownTools || knownTools.includes(name)) continue;
    const message = `There is no tool ${quoted(name)}.${didYouMean(name, knownTools)} Tools: ${knownTools.join(', ')}.`;
    report(errorAt(range, 'unknown-tool', message));
  }
  return tools.names.map(({ name }) => name);
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

/** The error for a key of the file format that this version leaves out. */
export function notSupported(key: string, keyRange: SettingEntry['keyRange']) {
  const message = `"${key}" is not supported by this version of Interleave; remove it.`;
  return errorAt(keyRange, 'not-supported', message);
}
