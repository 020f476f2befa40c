import type { Report } from './diagnostics.ts';
import type { OptionsSource } from './optionsSource.ts';
import { type OptionEntry, readOptions } from './optionsYaml.ts';
import type { PromptDiagnostic } from './prompt.ts';
import { isBlank, span } from './sourceText.ts';

/** The keys that Interleave uses. They are read even if others are not valid YAML. */
const usedKeys: readonly string[] = ['name', 'description', 'model', 'tools', 'handoffs', 'agents'];

/**
 * Reads the header of a file made for VS Code's chat. The chat accepts values that are not valid YAML, such
 * as `argument-hint: [--strict] [--json]`, so an invalid header does not stop a run: it is read key by key,
 * with a warning.
 */
export function readHeader(source: OptionsSource, report: Report): readonly OptionEntry[] {
  const problems: PromptDiagnostic[] = [];
  const entries = readOptions(source, (problem) => problems.push(problem));
  const isBroken = problems.some(({ code }) => code === 'invalid-yaml');
  for (const problem of problems) {
    if (problem.code === 'too-large') report(problem);
    else report({ ...problem, severity: 'warning' });
  }
  return isBroken ? keysOf(source).map(readKey) : entries;
}

/** The lines of one key, without its indentation. */
interface KeyLines {
  readonly key: string;
  readonly line: number;
  readonly column: number;
  readonly lines: readonly string[];
}

const keyLine = /^(\s*)([\w-]+)\s*:(?=\s|$)/;

function keysOf({ yaml, line: first }: OptionsSource): readonly KeyLines[] {
  const keys: { key: string; line: number; column: number; lines: string[] }[] = [];
  let indent: number | undefined;
  for (const [index, text] of yaml.split('\n').entries()) {
    const [, blank = '', key] = keyLine.exec(text) ?? [];
    indent ??= key === undefined ? undefined : blank.length;
    if (indent === undefined) continue;
    if (key !== undefined && blank.length <= indent) {
      const column = blank.length;
      keys.push({ key, line: first + index, column, lines: [text.slice(column)] });
    } else keys.at(-1)?.lines.push(text.slice(Math.min(indent, text.search(/\S|$/))));
  }
  return keys;
}

function readKey({ key, line, column, lines }: KeyLines): OptionEntry {
  const keyRange = span(line, column, key.length);
  const [text = ''] = lines;
  if (usedKeys.includes(key)) {
    const source = { yaml: lines.join('\n'), line, firstColumn: column };
    let isRead = true;
    const [entry] = readOptions(source, () => {
      isRead = false;
    });
    if (isRead && entry !== undefined) return entry;
  }
  const rest = text.slice(text.indexOf(':') + 1);
  const start = column + text.length - rest.trimStart().length;
  const range = isBlank(rest) ? keyRange : span(line, start, rest.trim().length);
  return { key, keyRange, value: { kind: 'scalar', value: rest.trim() || null, range } };
}
