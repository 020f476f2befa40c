import { informationAt, quoted, type Report, warningAt } from './diagnostics.ts';
import { didYouMean } from './nearMiss.ts';
import type { TextRange } from './prompt.ts';
import { laterKeys, notSupported, type Settings, settingKeys } from './settings.ts';
import type { SettingEntry } from './settingsYaml.ts';
import { toolNamesOf } from './toolNames.ts';

/** What the front matter of a `*.prompt.md` says that matters here. */
export interface ChatHeader {
  readonly name?: string;
  readonly settings: Settings;
}

const chatKeys: readonly string[] = [
  'name',
  'description',
  'agent',
  'model',
  'tools',
  'argument-hint',
  'mode',
];

/**
 * Reads the front matter of a `*.prompt.md`, which VS Code's chat owns. What belongs to the chat alone
 * never stops a run; Interleave's own settings are not applied here and say so.
 */
export function readChatHeader(
  entries: readonly SettingEntry[],
  knownTools: readonly string[] | undefined,
  report: Report,
): ChatHeader {
  let name: string | undefined;
  let model: string | undefined;
  let tools: readonly string[] | undefined;
  for (const entry of entries) {
    if (entry.key === 'name') name = readName(entry, report);
    else if (entry.key === 'model') model = readModel(entry, report);
    else if (entry.key === 'tools') tools = readTools(entry, knownTools, report);
    else reportKey(entry, report);
  }
  return {
    ...(name === undefined ? {} : { name }),
    settings: { ...(model === undefined ? {} : { model }), ...(tools ? { tools } : {}) },
  };
}

function textOf({ value }: SettingEntry): string | undefined {
  const text = value.kind === 'scalar' && typeof value.value === 'string' ? value.value.trim() : '';
  return text === '' ? undefined : text;
}

function readName(entry: SettingEntry, report: Report): string | undefined {
  const name = textOf(entry);
  if (name === undefined) {
    report(
      noEffect(entry.value.range, 'This name is not text: the prompt is named after its file.'),
    );
  }
  return name;
}

function readModel(entry: SettingEntry, report: Report): string | undefined {
  const model = textOf(entry);
  const isId = model !== undefined && !/[\s()]/.test(model);
  if (isId) return model;
  const message =
    'This is not the id of a model: the configured model is used. To choose one for this prompt, give its id in a comment "<!-- interleave … -->" at the start of the text.';
  report(noEffect(entry.value.range, message));
  return undefined;
}

function readTools(
  entry: SettingEntry,
  knownTools: readonly string[] | undefined,
  report: Report,
): readonly string[] | undefined {
  const tools = toolNamesOf(entry.value);
  if (!tools.ok) {
    const message = 'This is not a list of tool names: all available tools may be used.';
    report(noEffect(tools.range, message));
    return undefined;
  }
  const isKnown = (name: string) => !knownTools || knownTools.includes(name);
  for (const { name, range } of tools.names) {
    if (isKnown(name)) continue;
    const message = `The tool ${quoted(name)} is not available here and is left out.`;
    report(informationAt(range, 'unknown-tool', message));
  }
  return tools.names.map(({ name }) => name).filter(isKnown);
}

function reportKey({ key, keyRange }: SettingEntry, report: Report): void {
  if (key === 'agent' || key === 'mode') {
    const message = `"${key}" chooses an agent of VS Code's chat and has no effect here.`;
    report(noEffect(keyRange, message));
  } else if (laterKeys.includes(key)) report(notSupported(key, keyRange));
  else if (settingKeys.includes(key)) report(ownKeyInHeader(key, keyRange));
  else if (!chatKeys.includes(key)) {
    const hint = didYouMean(key, [...chatKeys, ...settingKeys]);
    const message = `${quoted(key)} is neither a key of VS Code's prompt files nor a setting: it has no effect.${hint}`;
    report(warningAt(keyRange, 'unknown-setting', message));
  }
}

function ownKeyInHeader(key: string, keyRange: TextRange) {
  const message = `"${key}" is not applied: VS Code checks this header against its own list of keys. Move it into a comment "<!-- interleave … -->" at the start of the text, where it takes effect.`;
  return warningAt(keyRange, 'settings-in-header', message);
}

function noEffect(range: TextRange, message: string) {
  return informationAt(range, 'no-effect', message);
}
