import type { AgentHandoff, AgentOptions } from '../base/agentDefinition.ts';
import { didYouMean } from '../base/nearMiss.ts';
import { quoted } from '../base/text.ts';
import type { ToolEffects } from '../base/toolEffect.ts';
import { readModel, readTools, textOf, textsOf } from './chatHeader.ts';
import type { FileOptions } from './checkOptions.ts';
import { optionKeys } from './checkOptions.ts';
import { informationAt, type Report, warningAt } from './diagnostics.ts';
import type { MapEntry, OptionEntry, OptionValue } from './optionsYaml.ts';
import type { TextRange } from './prompt.ts';
import { span } from './sourceText.ts';
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

/** Reads the front matter of an agent file. What is odd in it is reported and left out. */
export function readAgentHeader(
  entries: readonly OptionEntry[],
  knownTools: ToolEffects | undefined,
  report: Report,
): AgentHeader {
  const at = new Map(entries.map((entry) => [entry.key, entry]));
  for (const entry of entries) reportKey(entry, report);
  const name = textAt(at.get('name'), report);
  const model = modelAt(at.get('model'), report);
  const { tools, asksAll } = toolsAt(at.get('tools'), knownTools, report);
  const isForOthers = flagAt(at, ['infer'], true, report);
  return {
    ...(name === undefined ? {} : { name }),
    description: (textAt(at.get('description'), report) ?? '').slice(0, maxText),
    options: { ...(model === undefined ? {} : { model }), ...(tools ? { tools } : {}) },
    handoffs: handoffsAt(at.get('handoffs'), report),
    agents: agentsAt(at.get('agents'), report) ?? (asksAll ? ['*'] : []),
    isPickable: flagAt(at, ['user-invocable', 'user-invokable'], true, report),
    isForOthers: isForOthers && !flagAt(at, ['disable-model-invocation'], false, report),
  };
}

/** The options of an agent's comment; those that only a prompt has are reported. */
export function agentOptions(given: FileOptions, report: Report, line: number): AgentOptions {
  const { system, agent, skip, ...options } = given;
  for (const [key, value] of Object.entries({ system, agent, skip })) {
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

function modelAt(entry: OptionEntry | undefined, report: Report): string | undefined {
  if (entry === undefined) return undefined;
  // Claude's word for the model of whoever asks.
  if (textOf(entry) === 'inherit') return undefined;
  const model = readModel(entry, report);
  return model !== undefined && model.length <= 500 ? model : undefined;
}

/** Names of tools are those of VS Code: some are names of groups, and one lets the agent ask all others. */
function toolsAt(
  entry: OptionEntry | undefined,
  knownTools: ToolEffects | undefined,
  report: Report,
): { readonly tools?: readonly string[]; readonly asksAll: boolean } {
  if (entry === undefined) return { asksAll: false };
  const plain = withoutAliases(entry);
  const tools = readTools(plain.entry, knownTools, report);
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
function agentsAt(entry: OptionEntry | undefined, report: Report): readonly string[] | undefined {
  if (entry === undefined) return undefined;
  const { value } = entry;
  if (value.kind === 'map' || value.kind === 'other') {
    report(noEffect(value.range, 'This is not a list of names of agents: it may ask none.'));
    return [];
  }
  const texts = value.kind === 'list' ? textsOf(entry) : (textOf(entry)?.split(',') ?? []);
  const names = texts.map((text) => text.trim()).filter((text) => isName(text));
  return [...new Set(names)].slice(0, maxList);
}

function handoffsAt(entry: OptionEntry | undefined, report: Report): readonly AgentHandoff[] {
  if (entry === undefined) return [];
  const { value } = entry;
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => handoffOf(item, report)).slice(0, maxList);
}

function handoffOf(item: OptionValue, report: Report): readonly AgentHandoff[] {
  if (item.kind === 'scalar' && item.value === null) return [];
  const fields = item.kind === 'map' ? item.entries : [];
  const agent = item.kind === 'scalar' ? asText(item.value) : fieldOf(fields, 'agent');
  if (agent === undefined || !isName(agent)) {
    const message = 'This hand-over names no agent and is left out. Write "agent: name" in it.';
    report(noEffect(item.range, message));
    return [];
  }
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
  report(warningAt(keyRange, 'unknown-option', message));
}

function noEffect(range: TextRange, message: string) {
  return informationAt(range, 'no-effect', message);
}
