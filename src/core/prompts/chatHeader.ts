import { isChatAgent } from '../base/agentDefinition.ts';
import { didYouMean } from '../base/nearMiss.ts';
import { quoted } from '../base/text.ts';
import type { OfferedTools } from '../base/toolEffect.ts';
import { type FileOptions, laterKeys, notSupported, optionKeys } from './checkOptions.ts';
import { informationAt, type Report, warningAt } from './diagnostics.ts';
import type { FileReading } from './fileReading.ts';
import type { MapEntry, OptionEntry } from './optionsYaml.ts';
import type { TextRange } from './textRange.ts';
import type { ToolName } from './toolNames.ts';
import { toolNamesOf } from './toolNames.ts';

/** The fields of a `*.prompt.md`'s front matter that Interleave uses. */
export interface ChatHeader {
  readonly name?: string;
  readonly options: FileOptions;
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
 * Reads the front matter of a `*.prompt.md`, whose format VS Code's chat defines. Keys that only the chat
 * uses never stop a run. Interleave's own options are not applied here; a warning says so.
 */
export function readChatHeader(entries: readonly OptionEntry[], reading: FileReading): ChatHeader {
  const { report } = reading;
  let name: string | undefined;
  let model: string | undefined;
  let agent: string | undefined;
  let tools: readonly string[] | undefined;
  for (const entry of entries) {
    if (entry.key === 'name') name = readName(entry, report);
    else if (entry.key === 'model') model = readModel(entry, report);
    else if (entry.key === 'agent') agent = readAgent(entry, reading);
    else if (entry.key === 'tools') tools = readTools(entry, reading);
    else reportKey(entry, report);
  }
  return {
    ...(name === undefined ? {} : { name }),
    options: {
      ...(model === undefined ? {} : { model }),
      ...(tools ? { tools } : {}),
      ...(agent === undefined ? {} : { agent }),
    },
  };
}

/** The text of a value without blanks around it; undefined where it has none. */
export function textOf({ value }: OptionEntry): string | undefined {
  const text = value.kind === 'scalar' && typeof value.value === 'string' ? value.value.trim() : '';
  return text === '' ? undefined : text;
}

/** One text, or those of a list. */
function textsOf({ value }: OptionEntry): readonly string[] {
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => {
    const text = item.kind === 'scalar' && typeof item.value === 'string' ? item.value.trim() : '';
    return text === '' ? [] : [text];
  });
}

function readName(entry: OptionEntry, report: Report): string | undefined {
  const name = textOf(entry);
  if (name === undefined) {
    report(
      noEffect(entry.value.range, 'This name is not text: the prompt is named after its file.'),
    );
  }
  return name;
}

function readAgent(entry: OptionEntry, { report, onAgent }: FileReading): string | undefined {
  const name = textOf(entry);
  if (name !== undefined && name.length <= 200 && !isChatAgent(name)) {
    onAgent?.({ name, role: 'answer', range: entry.value.range });
    return name;
  }
  const message = '"agent" chooses an agent of VS Code\'s chat and has no effect here.';
  report(noEffect(entry.keyRange, message));
  return undefined;
}

/** The id of the model; undefined where none is named, which is reported. */
export function readModel(entry: OptionEntry, report: Report): string | undefined {
  const named = textsOf(entry);
  const model = named.find((name) => !/[\s()]/.test(name));
  if (model !== undefined) {
    if (named.length > 1) {
      const message = `Of these, ${quoted(model)} is used: the first model id.`;
      report(noEffect(entry.value.range, message));
    }
    return model;
  }
  const message =
    'This is not the id of a model: the configured model is used. To choose one for this prompt, give its id in a comment "<!-- interleave … -->" at the start of the text.';
  report(noEffect(entry.value.range, message));
  return undefined;
}

/** The tools that may be used; undefined for all of them. */
export function readTools(entry: OptionEntry, reading: FileReading): readonly string[] | undefined {
  const { value } = entry;
  const { knownTools, report } = reading;
  if (value.kind === 'map') return readToolSwitches(value.entries, knownTools, report);
  const tools = toolNamesOf(value);
  if (!tools.ok) {
    const message = 'This is not a list of tool names: all available tools may be used.';
    report(noEffect(tools.range, message));
    return undefined;
  }
  // `*` means all tools, whatever else is listed.
  if (tools.names.some(({ name }) => name === '*')) return undefined;
  return availableOf(tools.names, knownTools, report);
}

/** The tools with the value `true`. If there are none, the tools that need no naming, except those with `false`. */
function readToolSwitches(
  entries: readonly MapEntry[],
  knownTools: OfferedTools | undefined,
  report: Report,
): readonly string[] | undefined {
  for (const { range, value } of entries) {
    if (typeof value === 'boolean') continue;
    report(noEffect(range, 'Write true or false. This tool is off.'));
  }
  const on = entries.filter(({ value }) => value === true);
  if (on.some(({ name }) => name === '*')) return undefined;
  if (on.length > 0) return availableOf(on, knownTools, report);
  if (knownTools === undefined) return undefined;
  const off = new Set(entries.map(({ name }) => name));
  // Tools that change or send something have to be named: to switch one off names no other.
  return [...knownTools].flatMap(([name, { isUnasked }]) =>
    isUnasked && !off.has(name) ? [name] : [],
  );
}

function availableOf(
  names: readonly ToolName[],
  knownTools: OfferedTools | undefined,
  report: Report,
): readonly string[] {
  if (knownTools === undefined) return names.map(({ name }) => name);
  const isKnown = (name: string) => knownTools.has(name);
  for (const { name, range } of names) {
    if (isKnown(name)) continue;
    const hint = didYouMean(name, [...knownTools.keys()]);
    const message = `The tool ${quoted(name)} is not available here and is left out.${hint}`;
    report(informationAt(range, 'unknown-tool', message));
  }
  return names.map(({ name }) => name).filter(isKnown);
}

function reportKey({ key, keyRange }: OptionEntry, report: Report): void {
  if (key === 'mode') {
    const message = `"${key}" chooses an agent of VS Code's chat and has no effect here.`;
    report(noEffect(keyRange, message));
  } else if (laterKeys.includes(key)) report(notSupported(key, keyRange));
  else if (optionKeys.includes(key)) report(ownKeyInHeader(key, keyRange));
  else if (!chatKeys.includes(key)) {
    const hint = didYouMean(key, [...chatKeys, ...optionKeys]);
    const message = `${quoted(key)} is neither a key of VS Code's prompt files nor an option: it has no effect.${hint}`;
    report(warningAt(keyRange, 'unknown-option', message));
  }
}

function ownKeyInHeader(key: string, keyRange: TextRange) {
  const message = `"${key}" is not applied: VS Code checks this header against its own list of keys. Move it into a comment "<!-- interleave … -->" at the start of the text, where it takes effect.`;
  return warningAt(keyRange, 'options-in-header', message);
}

function noEffect(range: TextRange, message: string) {
  return informationAt(range, 'no-effect', message);
}
