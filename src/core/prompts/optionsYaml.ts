import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { formatInteger } from '../../shared/quantities.ts';
import { messageOf } from '../../shared/thrown.ts';
import { quoted } from '../base/text.ts';
import { errorAt, type Report } from './diagnostics.ts';
import type { OptionsSource } from './optionsSource.ts';
import type { TextRange } from './textRange.ts';

/** A value of an options block. No option takes the kind `other`. */
export type OptionValue =
  | { readonly kind: 'scalar'; readonly value: unknown; readonly range: TextRange }
  | { readonly kind: 'list'; readonly items: readonly OptionValue[]; readonly range: TextRange }
  /** A mapping of names to scalars. */
  | { readonly kind: 'map'; readonly entries: readonly MapEntry[]; readonly range: TextRange }
  | { readonly kind: 'other'; readonly range: TextRange };

/** One entry of a mapping. */
export interface MapEntry {
  readonly name: string;
  readonly range: TextRange;
  /** Undefined when it is not a scalar. */
  readonly value: unknown;
  /** The values of a list; those that are no scalars are undefined. */
  readonly items?: readonly unknown[];
  /** Where the value stands; the place of the name when there is none. */
  readonly valueRange: TextRange;
}

/** One `key: value` of an options block, with its place in the document. */
export interface OptionEntry {
  readonly key: string;
  readonly keyRange: TextRange;
  readonly value: OptionValue;
}

/** Max length of an options block in UTF-16 units; enough for a long system prompt. */
const maxBlockLength = 65_536;

type Locate = (start: number, end: number) => TextRange;

/**
 * The entries of an options block, each key once. A block that is not a valid YAML mapping is reported and has no
 * entries, because a part of its options may not be what the author meant.
 */
export function readOptions(source: OptionsSource, report: Report): readonly OptionEntry[] {
  const lineCounter = new LineCounter();
  const locate = locator(source, lineCounter);
  if (source.yaml.length > maxBlockLength) {
    const message = `These options have ${formatInteger(source.yaml.length)} characters; the limit is ${formatInteger(maxBlockLength)}. Shorten them.`;
    report(errorAt(startOf(source), 'too-large', message));
    return [];
  }
  const document = parseYaml(source, lineCounter, report);
  if (!document) return [];
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) {
    report(errorAt(locate(...problem.pos), 'invalid-yaml', yamlMessage(problem.message)));
    return [];
  }
  return entriesOf(document, locate, report);
}

function parseYaml(source: OptionsSource, lineCounter: LineCounter, report: Report) {
  try {
    return parseDocument(source.yaml, {
      lineCounter,
      prettyErrors: false,
      version: '1.2',
      schema: 'core',
      merge: false,
      resolveKnownTags: false,
      stringKeys: true,
      // The library's check is quadratic; `withoutDuplicates` is linear.
      uniqueKeys: false,
      logLevel: 'warn',
    });
  } catch (error) {
    const reason = error instanceof RangeError ? 'they are nested too deeply' : messageOf(error);
    report(errorAt(startOf(source), 'invalid-yaml', yamlMessage(reason)));
    return undefined;
  }
}

function yamlMessage(reason: string): string {
  return `These options are not valid YAML: ${reason.replace(/[.\s]+$/, '')}. Write one "key: value" per line; put quotes around values with special characters.`;
}

function entriesOf(document: Document.Parsed, locate: Locate, report: Report) {
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) return [];
  if (!isMap(root) || root.tag === '!!set') {
    const message = 'Write options as "key: value", one per line.';
    report(errorAt(locate(root.range[0], root.range[1]), 'invalid-yaml', message));
    return [];
  }
  const entries: OptionEntry[] = [];
  for (const { key, value } of root.items) {
    const keyRange = locate(key.range[0], key.range[1]);
    entries.push({
      key: isScalar(key) ? String(key.value) : '',
      keyRange,
      value: isMissing(value)
        ? { kind: 'scalar', value: null, range: keyRange }
        : optionValue(value, locate),
    });
  }
  return withoutDuplicates(entries, report);
}

/** Whether the value is missing. Its problems are then reported at the key. */
function isMissing(value: Document.Parsed['contents']): boolean {
  return value === null || (isScalar(value) && value.range[0] === value.range[1]);
}

function optionValue(node: Document.Parsed['contents'], locate: Locate): OptionValue {
  const range = node ? locate(node.range[0], node.range[1]) : locate(0, 0);
  if (isScalar(node)) return { kind: 'scalar', value: node.value, range };
  if (isMap(node) && node.tag === undefined) {
    const entries = node.items.map((item) => mapEntry(item, range, locate));
    return { kind: 'map', entries, range };
  }
  if (!isSeq(node)) return { kind: 'other', range };
  const items = node.items.map((item): OptionValue => {
    const itemRange = locate(item.range[0], item.range[1]);
    return isScalar(item) || isMap(item)
      ? optionValue(item, locate)
      : { kind: 'other', range: itemRange };
  });
  return { kind: 'list', items, range };
}

function mapEntry(
  { key, value }: YAMLMap.Parsed['items'][number],
  whole: TextRange,
  locate: Locate,
): MapEntry {
  const isPlain = isNode(key) && key.range;
  const place = isPlain ? locate(key.range[0], key.range[1]) : whole;
  return {
    name: isScalar(key) ? String(key.value) : '',
    range: place,
    value: isScalar(value) ? value.value : undefined,
    ...(isSeq(value) ? { items: value.items.map(scalarOf) } : {}),
    valueRange: value === null || isMissing(value) ? place : locate(value.range[0], value.range[1]),
  };
}

function scalarOf(node: unknown): unknown {
  return isScalar(node) ? node.value : undefined;
}

function withoutDuplicates(entries: readonly OptionEntry[], report: Report) {
  const seen = new Set<string>();
  return entries.filter(({ key, keyRange }) => {
    if (!seen.has(key)) return seen.add(key);
    const message = `${quoted(key)} is given twice. Keep one of them.`;
    report(errorAt(keyRange, 'duplicate-option', message));
    return false;
  });
}

function locator(source: OptionsSource, lineCounter: LineCounter): Locate {
  const place = (offset: number) => {
    const { line, col } = lineCounter.linePos(Math.min(offset, source.yaml.length));
    const shift = line <= 1 ? source.firstColumn : 0;
    return { line: source.line + line - 1, column: col - 1 + shift };
  };
  return (start, end) => {
    const from = place(start);
    const to = place(Math.max(start, end));
    return { ...from, endLine: to.line, endColumn: to.column };
  };
}

function startOf(source: OptionsSource): TextRange {
  const { line, firstColumn } = source;
  return { line, column: firstColumn, endLine: line, endColumn: firstColumn };
}
