import type { OptionEntry } from './optionsYaml.ts';
import type { ToolName } from './toolNames.ts';
import { toolNamesOf } from './toolNames.ts';

/**
 * The tools that stand behind names which VS Code and Copilot use in agent files. Those that are not there are
 * left out, like any other name.
 */
const aliases: { readonly [name: string]: readonly string[] } = {
  read: ['read_file', 'list_files'],
  'read/readFile': ['read_file'],
  readFile: ['read_file'],
  search: ['search_text', 'list_files'],
  codebase: ['search_text', 'list_files'],
  'search/codebase': ['search_text', 'list_files'],
  'search/textSearch': ['search_text'],
  'search/fileSearch': ['list_files'],
  textSearch: ['search_text'],
  fileSearch: ['list_files'],
  listDirectory: ['list_files'],
  'search/listDirectory': ['list_files'],
  edit: ['write_file', 'edit_file'],
  'edit/editFiles': ['write_file', 'edit_file'],
  editFiles: ['write_file', 'edit_file'],
  execute: ['run_command'],
  runCommands: ['run_command'],
  'execute/runInTerminal': ['run_command'],
  web: ['fetch_url'],
  fetch: ['fetch_url'],
  'web/fetch': ['fetch_url'],
  problems: ['get_diagnostics'],
  'read/problems': ['get_diagnostics'],
};

/** The names that let an agent ask all others. */
const asking: ReadonlySet<string> = new Set(['agent', 'agent/runSubagent', 'runSubagent']);

/** The `tools` of an agent file with the names of tools that there are here. */
export function withoutAliases(entry: OptionEntry): {
  readonly entry: OptionEntry;
  readonly asksAll: boolean;
} {
  const { value } = entry;
  const read = value.kind === 'map' ? undefined : toolNamesOf(value);
  if (read?.ok !== true) return { entry, asksAll: false };
  const names = read.names.filter(({ name }) => !asking.has(name)).flatMap(namesBehind);
  const items = names.map(({ name, range }) => ({ kind: 'scalar', value: name, range }) as const);
  return {
    entry: { ...entry, value: { kind: 'list', items, range: value.range } },
    asksAll: read.names.some(({ name }) => asking.has(name)),
  };
}

function namesBehind({ name, range }: ToolName): readonly ToolName[] {
  const behind = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  return (behind ?? [name]).map((one) => ({ name: one, range }));
}
