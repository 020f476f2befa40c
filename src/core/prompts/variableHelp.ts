import { clipEnd } from '../base/text.ts';
import type { Prompt } from './prompt.ts';
import type { ColumnPart, PlaceVariable, VariablePart } from './template.ts';
import { placeVariables } from './template.ts';

/** What is offered at a cursor, or shown of what stands there. Texts are plain. */
export interface VariableHelp {
  /** The whole variable, such as `{{name}}`. */
  readonly text: string;
  readonly what: string;
}

/** What can be written at a cursor in place of the characters before it. */
export interface VariableOffers {
  readonly offers: readonly VariableHelp[];
  /** Number of characters before the cursor that an offer replaces. */
  readonly replaces: number;
}

/** The values of the first row, by the names of the columns. */
export type FirstRow = ReadonlyMap<string, string>;

/** Max UTF-16 units of a value that is shown. */
const maxValue = 100;

const meanings: { readonly [V in PlaceVariable]: string } = {
  selection: 'The selection in the active editor',
  selectedText: 'The selection in the active editor',
  file: 'The path of the file in the active editor',
  fileBasename: 'The name of the file in the active editor',
  fileBasenameNoExtension: 'The name of that file without its ending',
  fileDirname: 'The folder of the file in the active editor',
  fileContent: 'The text of the file in the active editor',
  workspaceFolder: 'The path of the workspace folder',
  workspaceFolderBasename: 'The name of the workspace folder',
};

/** What can be written behind `beforeCursor`, a part of a line of a prompt; nothing where no variable begins. */
export function variableOffers(
  beforeCursor: string,
  { vars = {} }: Pick<Prompt, 'vars'>,
  row: FirstRow = new Map(),
): VariableOffers | undefined {
  const [start] = /(?:\{\{[^{}]{0,200}|\$\{[\w:]{0,200})$/.exec(beforeCursor) ?? [];
  if (start === undefined) return undefined;
  const offers = start.startsWith('{{') ? columnOffers(vars, row) : placeOffers();
  return { offers, replaces: start.length };
}

function columnOffers(vars: NonNullable<Prompt['vars']>, row: FirstRow): readonly VariableHelp[] {
  const names = [...row.keys()].filter((name) => !/^_|[{}]/.test(name));
  const others = Object.keys(vars).filter((name) => !row.has(name));
  return [...names, ...others].map((name) => helpOfName(name, vars, row));
}

function placeOffers(): readonly VariableHelp[] {
  const input = { text: `\${input:name}`, what: 'A value that is asked for before the start' };
  return [input, ...placeVariables.map((name) => ({ text: `\${${name}}`, what: meanings[name] }))];
}

/** What a variable of a prompt means. */
export function variableHelp(
  part: VariablePart | ColumnPart,
  { vars = {} }: Pick<Prompt, 'vars'>,
  row: FirstRow = new Map(),
): VariableHelp {
  if (part.kind === 'place') return { text: part.source, what: meanings[part.variable] };
  const help = helpOfName(part.name, vars, row);
  if (part.kind === 'column') return help;
  const isKnown = row.has(part.name) || Object.hasOwn(vars, part.name);
  const asked = `A value that is asked for before the start, or given with --var ${part.name}=…`;
  return { text: part.source, what: isKnown ? help.what : asked };
}

function helpOfName(name: string, vars: NonNullable<Prompt['vars']>, row: FirstRow): VariableHelp {
  const text = `{{${name}}}`;
  const value = row.get(name);
  if (value !== undefined) return { text, what: `Column; in the first row: ${shown(value)}` };
  const own = Object.hasOwn(vars, name) ? vars[name] : undefined;
  if (own !== undefined) return { text, what: `Value in this file: ${shown(own)}` };
  return { text, what: 'Text, unless a value of this name is given' };
}

function shown(value: string): string {
  const line = value.replace(/\s+/g, ' ').trim();
  return line === '' ? 'empty' : clipEnd(line, maxValue);
}
