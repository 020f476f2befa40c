import type { AgentHandoff, AgentOptions } from '../base/agentDefinition.ts';
import { didYouMean } from '../base/nearMiss.ts';
import { quoted } from '../base/text.ts';
import { readModel, readTools, textOf } from './chatHeader.ts';
import type { FileOptions } from './checkOptions.ts';
import { optionKeys, splitOptions } from './checkOptions.ts';
import { informationAt, type Report, warningAt } from './diagnostics.ts';
import type { FileReading } from './fileReading.ts';
import type { MapEntry, OptionEntry, OptionValue } from './optionsYaml.ts';
import { span } from './sourceText.ts';
import type { TextRange } from './textRange.ts';
import { withoutAliases } from './toolAliases.ts';

/** The front matter of an agent file, as far as it is used here. */
export interface AgentHeader {
  readonly name?: string;
  readonly description: string;
  readonly options: AgentOptions;
  readonly handoffs: readonly AgentHandoff[];
  /** `*` stands for all agents. */
  readonly agents: readonly string[];
  readonly isPickable: boolean;
  readonly isForOthers: boolean;
}

/** Keys that VS Code, Copilot and Claude use and that mean nothing here. */
const otherKeys: ReadonlySet<string> = new Set([
  'argument-hint',
  'color',
  'hooks',
  'infer',
  'mcp-servers',
  'memory',
  'metadata',
  'mode',
  'permissionMode',
  'skills',
  'target',
  'version',
]);

const usedKeys: readonly string[] = [
  'name',
  'description',
  'model',
  'tools',
  'handoffs',
  'agents',
  'user-invocable',
  'disable-model-invocation',
];

const maxList = 100;
const maxText = 10_000;

/** What the front matter of an agent file is checked against. */
export interface AgentHeaderReading extends FileReading {
  readonly knownModels: readonly string[];
}

/** Reads the front matter of an agent file. What is odd in it is reported and left out. */
export function readAgentHeader(
  entries: readonly OptionEntry[],
  reading: AgentHeaderReading,
): AgentHeader {
  const { report } = reading;
  const at = new Map(entries.map((entry) => [entry.key, entry]));
  for (const entry of entries) reportKey(entry, report);
  const name = nameAt(at.get('name'), reading);
  const model = modelAt(at.get('model'), reading);
  const { tools, asksAll } = toolsAt(at.get('tools'), reading);
  const isForOthers = flagAt(at, ['infer'], true, report);
  return {
    ...(name === undefined ? {} : { name }),
    description: (textAt(at.get('description'), report) ?? '').slice(0, maxText),
    options: { ...(model === undefined ? {} : { model }), ...(tools ? { tools } : {}) },
    handoffs: handoffsAt(at.get('handoffs'), reading),
    agents: agentsAt(at.get('agents'), reading) ?? (asksAll ? ['*'] : []),
    isPickable: flagAt(at, ['user-invocable', 'user-invokable'], true, report),
    isForOthers: isForOthers && !flagAt(at, ['disable-model-invocation'], false, report),
  };
}

/** The options of an agent's comment; those that only a prompt has are reported. */
export function agentOptions(given: FileOptions, report: Report, line: number): AgentOptions {
  const { options: all, own } = splitOptions(given);
  const { system, agent, ...options } = all;
  for (const [key, value] of Object.entries({ system, agent, ...own })) {
    if (value === undefined) continue;
    const message = `"${key}" has no effect in an agent file: it is an option of a prompt.`;
    report(noEffect(span(line, 0, 0), message));
  }
  return options;
}

function textAt(entry: OptionEntry | undefined, report: Report): string | undefined {
  if (entry === undefined) return undefined;
  const { value, key, keyRange } = entry;
  const isNumber = value.kind === 'scalar' && ['number', 'boolean'].includes(typeof value.value);
  const text = isNumber ? String(value.value) : textOf(entry);
  if (text === undefined) report(noEffect(keyRange, `"${key}" is not text and has no effect.`));
  return text?.replace(/\s+/g, ' ');
}

function nameAt(entry: OptionEntry | undefined, reading: FileReading): string | undefined {
  const name = textAt(entry, reading.report);
  if (entry !== undefined && name !== undefined) {
    reading.onAgent?.({ name, role: 'own', range: entry.value.range });
  }
  return name;
}

function modelAt(
  entry: OptionEntry | undefined,
  { knownModels, report }: AgentHeaderReading,
): string | undefined {
  if (entry === undefined) return undefined;
  // Claude's word for the model of whoever asks.
  if (textOf(entry) === 'inherit') return undefined;
  const model = readModel(entry, report);
  if (model === undefined || model.length > 500) return undefined;
  reportSpelling(model, knownModels, (message) =>
    report(warningAt(entry.value.range, 'unknown-model', message)),
  );
  return model;
}

/** Reports an id that differs from a known one in its punctuation or case alone. Unknown ids may be right. */
function reportSpelling(
  model: string,
  known: readonly string[],
  report: (message: string) => void,
): void {
  if (known.includes(model)) return;
  const meant = known.find((id) => lettersOf(id) === lettersOf(model));
  if (meant === undefined) return;
  report(`The model ${quoted(model)} is not known. Did you mean "${meant}"?`);
}

function lettersOf(id: string): string {
  return id.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Names of tools are those of VS Code: some are names of groups, and one lets the agent ask all others. */
function toolsAt(
  entry: OptionEntry | undefined,
  reading: FileReading,
): { readonly tools?: readonly string[]; readonly asksAll: boolean } {
  if (entry === undefined) return { asksAll: false };
  const plain = withoutAliases(entry);
  const tools = readTools(plain.entry, reading);
  const { asksAll } = plain;
  return tools === undefined ? { asksAll } : { tools: tools.slice(0, maxList), asksAll };
}

function flagAt(
  at: ReadonlyMap<string, OptionEntry>,
  keys: readonly string[],
  usual: boolean,
  report: Report,
): boolean {
  const entry = keys.map((key) => at.get(key)).find((one) => one !== undefined);
  if (entry === undefined) return usual;
  const value = entry.value.kind === 'scalar' ? entry.value.value : undefined;
  const said = typeof value === 'string' ? switches.get(value.trim().toLowerCase()) : value;
  if (typeof said === 'boolean') return said;
  const message = `"${entry.key}" must be true or false: ${usual} is used.`;
  report(noEffect(entry.keyRange, message));
  return usual;
}

const switches: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
]);

/** Undefined where nothing is said of it. */
function agentsAt(
  entry: OptionEntry | undefined,
  { report, onAgent }: FileReading,
): readonly string[] | undefined {
  if (entry === undefined) return undefined;
  const { value } = entry;
  if (value.kind === 'map' || value.kind === 'other') {
    report(noEffect(value.range, 'This is not a list of names of agents: it may ask none.'));
    return [];
  }
  const named = new Map(agentNamesIn(value).map((one) => [one.name, one]));
  const names = [...named.values()].slice(0, maxList);
  for (const { name, range } of names) {
    if (name !== '*') onAgent?.({ name, role: 'ask', range });
  }
  return names.map(({ name }) => name);
}

interface AgentName {
  readonly name: string;
  readonly range: TextRange;
}

/** The names in a list, or in a text with commas between them. */
function agentNamesIn(value: OptionValue): readonly AgentName[] {
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => {
    const text = item.kind === 'scalar' && typeof item.value === 'string' ? item.value : '';
    const texts = value.kind === 'list' ? [text] : text.split(',');
    const names = texts.map((one) => one.trim()).filter((one) => isName(one));
    return names.map((name) => ({ name, range: item.range }));
  });
}

function handoffsAt(entry: OptionEntry | undefined, reading: FileReading): readonly AgentHandoff[] {
  if (entry === undefined) return [];
  const { value } = entry;
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => handoffOf(item, reading)).slice(0, maxList);
}

function handoffOf(item: OptionValue, { report, onAgent }: FileReading): readonly AgentHandoff[] {
  if (item.kind === 'scalar' && item.value === null) return [];
  const fields = item.kind === 'map' ? item.entries : [];
  const agent = item.kind === 'scalar' ? asText(item.value) : fieldOf(fields, 'agent');
  if (agent === undefined || !isName(agent)) {
    const message = 'This hand-over names no agent and is left out. Write "agent: name" in it.';
    report(noEffect(item.range, message));
    return [];
  }
  const field = fields.find(({ name }) => name === 'agent');
  onAgent?.({ name: agent, role: 'transfer', range: field?.valueRange ?? item.range });
  const label = fieldOf(fields, 'label')?.slice(0, 1_000);
  const prompt = fieldOf(fields, 'prompt')?.slice(0, 100_000);
  return [
    {
      agent,
      ...(label === undefined ? {} : { label }),
      ...(prompt === undefined ? {} : { prompt }),
    },
  ];
}

function fieldOf(fields: readonly MapEntry[], key: string): string | undefined {
  return asText(fields.find(({ name }) => name === key)?.value);
}

function asText(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

function isName(text: string): boolean {
  return text !== '' && text.length <= 200 && !/\p{C}/u.test(text);
}

function reportKey({ key, keyRange }: OptionEntry, report: Report): void {
  if (usedKeys.includes(key) || key === 'user-invokable' || otherKeys.has(key)) return;
  if (optionKeys.includes(key)) {
    const message = `"${key}" is not applied here: this header has VS Code's keys. Move it into a comment "<!-- interleave … -->" at the start of the text, where it takes effect.`;
    report(warningAt(keyRange, 'options-in-header', message));
    return;
  }
  const hint = didYouMean(key, usedKeys);
  const message = `${quoted(key)} is not a key of agent files: it has no effect.${hint}`;
  // Agent files have keys of other programs: only what looks like a misspelling is a warning.
  const at = hint === '' ? informationAt : warningAt;
  report(at(keyRange, 'unknown-option', message));
}

function noEffect(range: TextRange, message: string) {
  return informationAt(range, 'no-effect', message);
}
