import { errorAt, informationAt, type Report, warningAt } from './diagnostics.ts';
import {
  type Block,
  findBlocks,
  type Heading,
  isHeadingLine,
  type Lookalike,
} from './markdownBlocks.ts';
import { findFrontMatter, type OptionsSource, optionsOfComment } from './optionsSource.ts';
import type { OptionEntry } from './optionsYaml.ts';
import type { TableFormat } from './rows/dataSource.ts';
import { formatOfFence } from './rows/dataSource.ts';
import { span, wholeLine } from './sourceText.ts';

/** A comment `<!-- interleave … -->`. */
export interface OptionsComment {
  readonly block: Block;
  readonly source: OptionsSource;
}

/** The parts of a prompt file, before its options and texts are checked. */
export interface PromptDocument {
  readonly lines: readonly string[];
  readonly frontMatter: readonly OptionEntry[];
  /** First line after the front matter. */
  readonly bodyLine: number;
  readonly headings: readonly Heading[];
  readonly lookalikes: readonly Lookalike[];
  /** Options comments by the line they start on. */
  readonly optionsComments: ReadonlyMap<number, OptionsComment>;
  readonly isInFence: (line: number) => boolean;
  /** Closed fences with data, by the line they start on. */
  readonly dataFences: ReadonlyMap<number, DataFence>;
}

/** A code fence with a table, such as `csv data`. */
export interface DataFence {
  readonly block: Block;
  readonly format: TableFormat;
}

/** How a document is read. */
export interface DocumentReading {
  readonly report: Report;
  /** Reads the front matter. */
  readonly readHeader: (source: OptionsSource, report: Report) => readonly OptionEntry[];
  /** Whether its headings start prompts. */
  readonly isSplit: boolean;
}

/** Splits a document into its parts and reports blocks that are still open at its end. */
export function readDocument(lines: readonly string[], reading: DocumentReading): PromptDocument {
  const { report, readHeader, isSplit } = reading;
  const found = findFrontMatter(lines);
  if (found === 'unclosed') report(unclosedFrontMatter(lines));
  const frontMatter = typeof found === 'object' ? found : undefined;
  const bodyLine = frontMatter?.bodyLine ?? 0;
  if (frontMatter !== undefined && frontMatter.source.line > 1) {
    report(lateHeader(lines, frontMatter.source.line - 1));
  }
  const { headings, lookalikes, blocks } = findBlocks(lines, bodyLine);
  const optionsComments = new Map<number, OptionsComment>();
  for (const block of blocks) {
    const source = optionsOfComment(lines, block);
    if (source) optionsComments.set(block.line, { block, source });
    if (block.closed) continue;
    const hides = isSplit && hidesHeading(lines, block);
    report(unclosedBlock(block, { isOptions: source !== undefined, hides }));
  }
  return {
    lines,
    frontMatter: frontMatter ? readHeader(frontMatter.source, report) : [],
    bodyLine,
    headings,
    lookalikes,
    optionsComments,
    isInFence: fenceLookup(lines.length, blocks),
    dataFences: dataFencesIn(blocks),
  };
}

function dataFencesIn(blocks: readonly Block[]): ReadonlyMap<number, DataFence> {
  const found = blocks.flatMap((block) => {
    const format = block.closed && !block.isNested ? formatOfFence(block.info ?? '') : undefined;
    return format === undefined ? [] : [[block.line, { block, format }] as const];
  });
  return new Map(found);
}

function fenceLookup(lineCount: number, blocks: readonly Block[]): (line: number) => boolean {
  const marks = new Uint8Array(lineCount);
  for (const { kind, line, endLine } of blocks) {
    if (kind === 'fence') marks.fill(1, line, endLine + 1);
  }
  return (line) => marks[line] === 1;
}

function unclosedFrontMatter(lines: readonly string[]) {
  const message =
    'This "---" opens a block of options that is never closed. Close it with a line "---", or remove this line.';
  return errorAt(wholeLine(lines, 0), 'unclosed-options', message);
}

function lateHeader(lines: readonly string[], line: number) {
  const message =
    'These options are applied, though they do not start on the first line. VS Code reads them only there.';
  return informationAt(wholeLine(lines, line), 'late-header', message);
}

/** Whether an unclosed block contains lines that would start prompts outside of it. */
function hidesHeading(lines: readonly string[], block: Block): boolean {
  return lines.slice(block.line + 1).some(isHeadingLine);
}

function unclosedBlock(
  { kind, line, column }: Block,
  { isOptions, hides }: { readonly isOptions: boolean; readonly hides: boolean },
) {
  const problemAt = hides ? errorAt : warningAt;
  if (isOptions) {
    const message = 'This options comment is never closed. Close it with "-->".';
    return errorAt(span(line, column, 4), 'unclosed-options', message);
  }
  if (kind === 'comment') {
    const message =
      'This comment is never closed: it reaches to the end of the file, and headings in it start no prompts. Close it with "-->".';
    return problemAt(span(line, column, 4), 'unclosed-comment', message);
  }
  if (kind === 'html') {
    const message =
      'This HTML is never closed: it reaches to the end of the file, and headings in it start no prompts. Close it.';
    return problemAt(span(line, column, 2), 'unclosed-html', message);
  }
  const message =
    'This code fence is never closed: it reaches to the end of the file, and headings in it start no prompts. Close it with a line of the same marks.';
  return problemAt(span(line, column, 3), 'unclosed-fence', message);
}
