import { quoted } from '../base/text.ts';
import type { OptionValue } from './optionsYaml.ts';
import type { TextRange } from './textRange.ts';

/** A tool named in an options block. */
export interface ToolName {
  readonly name: string;
  readonly range: TextRange;
}

/** The tools a value names, or what is wrong with it and where. */
export type ToolNames =
  | { readonly ok: true; readonly names: readonly ToolName[] }
  | { readonly ok: false; readonly range: TextRange; readonly found: string };

/** Reads a YAML list of names or one text with commas between them. */
export function toolNamesOf(value: OptionValue): ToolNames {
  const items = value.kind === 'scalar' ? namesInText(value.value, value.range) : itemsOf(value);
  const wrong = items.find(({ value: name }) => typeof name !== 'string' || name.trim() === '');
  if (wrong) return { ok: false, range: wrong.range, found: quoted(wrong.value) };
  const names = new Map<string, ToolName>();
  for (const { value: text, range } of items) {
    const name = String(text).trim();
    if (!names.has(name)) names.set(name, { name, range });
  }
  return { ok: true, names: [...names.values()] };
}

interface Item {
  readonly value: unknown;
  readonly range: TextRange;
}

function namesInText(value: unknown, range: TextRange): readonly Item[] {
  if (typeof value !== 'string') return [{ value, range }];
  return value.split(',').map((name) => ({ value: name, range }));
}

function itemsOf(value: OptionValue): readonly Item[] {
  if (value.kind !== 'list') return [{ value: undefined, range: value.range }];
  return value.items.map((item) =>
    item.kind === 'scalar' ? item : { value: undefined, range: item.range },
  );
}
