import { errorAt, type Report, warningAt } from './diagnostics.ts';
import { type Block, type Heading, scanMarkdown } from './markdownBlocks.ts';
import { findFrontMatter, type SettingsSource, settingsOfComment } from './settingsSource.ts';
import { readSettings, type SettingEntry } from './settingsYaml.ts';
import { span, wholeLine } from './sourceText.ts';

/** A comment `<!-- interleave … -->`. */
export interface SettingsComment {
  readonly block: Block;
  readonly source: SettingsSource;
}

/** A prompt file taken apart, before anything in it is judged. */
export interface PromptDocument {
  readonly lines: readonly string[];
  readonly frontMatter: readonly SettingEntry[];
  /** First line after the front matter. */
  readonly bodyLine: number;
  readonly headings: readonly Heading[];
  readonly crowdedHeadings: readonly Heading[];
  /** Settings comments by the line they start on. */
  readonly settingsComments: ReadonlyMap<number, SettingsComment>;
  readonly isInFence: (line: number) => boolean;
}

/** Takes a document apart and reports what is left open at its end. */
export function readDocument(lines: readonly string[], report: Report): PromptDocument {
  const found = findFrontMatter(lines);
  if (found === 'unclosed') report(unclosedFrontMatter(lines));
  const frontMatter = typeof found === 'object' ? found : undefined;
  const bodyLine = frontMatter?.bodyLine ?? 0;
  const { headings, crowdedHeadings, blocks } = scanMarkdown(lines, bodyLine);
  const settingsComments = new Map<number, SettingsComment>();
  for (const block of blocks) {
    const source = settingsOfComment(lines, block);
    if (source) settingsComments.set(block.line, { block, source });
    if (!block.closed) report(unclosedBlock(block, source !== undefined));
  }
  return {
    lines,
    frontMatter: frontMatter ? readSettings(frontMatter.source, report) : [],
    bodyLine,
    headings,
    crowdedHeadings,
    settingsComments,
    isInFence: fenceLookup(lines.length, blocks),
  };
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
    'This "---" opens a block of settings that is never closed. Close it with a line "---", or remove this line.';
  return errorAt(wholeLine(lines, 0), 'unclosed-settings', message);
}

function unclosedBlock({ kind, line, column }: Block, isSettings: boolean) {
  if (isSettings) {
    const message = 'This settings comment is never closed. Close it with "-->".';
    return errorAt(span(line, column, 4), 'unclosed-settings', message);
  }
  if (kind === 'comment') {
    const message =
      'This comment is never closed: it reaches to the end of the file, and headings in it start no prompts. Close it with "-->".';
    return warningAt(span(line, column, 4), 'unclosed-comment', message);
  }
  const message =
    'This code fence is never closed: it reaches to the end of the file, and headings in it start no prompts. Close it with a line of the same marks.';
  return warningAt(span(line, column, 3), 'unclosed-fence', message);
}
