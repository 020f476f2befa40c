import type { Block } from './markdownBlocks.ts';
import { isBlank } from './sourceText.ts';

/** YAML inside a document, and its place there. */
export interface OptionsSource {
  readonly yaml: string;
  /** Line of the document on which the YAML starts. */
  readonly line: number;
  /** Column at which its first line starts; its other lines start at column 0. */
  readonly firstColumn: number;
}

/** The block between two `---` lines at the start of a document. */
export interface FrontMatter {
  readonly source: OptionsSource;
  /** First line after the block. */
  readonly bodyLine: number;
}

/**
 * The front matter, `unclosed` when its second `---` is missing, or `undefined` when there is none. Below
 * blank lines and comments, `---` starts front matter only if a `key:` follows; else it is a rule.
 */
export function findFrontMatter(lines: readonly string[]): FrontMatter | 'unclosed' | undefined {
  const start = firstContentLine(lines);
  if (!isRule(lines[start])) return undefined;
  if (start > 0 && !/^\s*[\w-]+\s*:(?:\s|$)/.test(lines[start + 1] ?? '')) return undefined;
  const end = lines.findIndex((line, index) => index > start && isRule(line));
  if (end < 0) return start === 0 ? 'unclosed' : undefined;
  const source = { yaml: lines.slice(start + 1, end).join('\n'), line: start + 1, firstColumn: 0 };
  return { source, bodyLine: end + 1 };
}

/** The first line that is neither blank nor part of a comment; options comments count as content. */
function firstContentLine(lines: readonly string[]): number {
  let line = 0;
  for (;;) {
    while (line < lines.length && isBlank(lines[line] ?? '')) line++;
    const text = lines[line]?.trimStart() ?? '';
    if (!text.startsWith('<!--') || /^<!--\s*interleave\b/i.test(text)) return line;
    const end = lines.findIndex((each, index) => index >= line && each.includes('-->'));
    const isWhole = end >= 0 && isBlank((lines[end] ?? '').replace(/^.*-->/, ''));
    if (!isWhole) return line;
    line = end + 1;
  }
}

function isRule(line: string | undefined): boolean {
  return line?.startsWith('---') === true && isBlank(line.slice(3));
}

/** The YAML of a comment `<!-- interleave … -->`; `undefined` for every other block. */
export function optionsOfComment(
  lines: readonly string[],
  block: Block,
): OptionsSource | undefined {
  if (block.kind !== 'comment') return undefined;
  for (let line = block.line; line <= block.endLine; line++) {
    const start = line === block.line ? block.column + 4 : 0;
    const text = commentText(lines, block, line).slice(start);
    if (isBlank(text)) continue;
    const keyword = /^\s*interleave:?(?:\s+|$)/i.exec(text);
    if (!keyword) return undefined;
    const firstColumn = start + keyword[0].length;
    const yaml = [commentText(lines, block, line).slice(firstColumn)];
    for (let next = line + 1; next <= block.endLine; next++) {
      yaml.push(commentText(lines, block, next));
    }
    return { yaml: yaml.join('\n'), line, firstColumn };
  }
  return undefined;
}

/** A line of a comment up to the comment's end; columns stay those of the document. */
function commentText(lines: readonly string[], block: Block, line: number): string {
  const text = lines[line] ?? '';
  const endsHere = block.closed && line === block.endLine;
  return endsHere && text.startsWith('-->', block.endColumn - 3)
    ? text.slice(0, block.endColumn - 3)
    : text;
}
