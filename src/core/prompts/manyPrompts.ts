import { formatPromptId } from '../../shared/promptId.ts';
import { checkOptions, type FileOptions, splitOptions, withDefaults } from './checkOptions.ts';
import { errorAt, informationAt, warningAt } from './diagnostics.ts';
import type { FileReading } from './fileReading.ts';
import type { Heading, Lookalike } from './markdownBlocks.ts';
import { readOptions } from './optionsYaml.ts';
import type { Prompt, PromptDiagnostic } from './prompt.ts';
import { type PromptDocument, readDocument } from './promptDocument.ts';
import { readSection, reportMisplacedOptions, type Section } from './section.ts';
import { UniqueSlugs } from './slug.ts';
import { isBlank, span, wholeLine } from './sourceText.ts';

/** Reads a `*.prompts.md`: one prompt for every `## Heading`, front matter for all of them. */
export function readManyPrompts(
  lines: readonly string[],
  file: string,
  reading: FileReading,
): readonly Prompt[] {
  const { report } = reading;
  const document = readDocument(lines, { report, readHeader: readOptions, isSplit: true });
  const { headings } = document;
  const defaults = checkOptions(document.frontMatter, reading);
  const notesEnd = headings[0]?.line ?? lines.length;
  reportMisplacedOptions(document, document.bodyLine, notesEnd, report);
  for (const lookalike of document.lookalikes) report(remarkOn(lookalike, lines));
  if (headings.length === 0) report(noPrompts(document));
  const slugs = new UniqueSlugs();
  return headings.flatMap((heading, index) => {
    const id = formatPromptId({ file, slug: slugs.next(heading.title) });
    const end = headings[index + 1]?.line ?? lines.length;
    const section = readSection(document, heading.line + 1, end, reading);
    if (section.text === '') {
      if (!section.isCutOff) report(emptyPrompt(lines, heading));
      return [];
    }
    return [toPrompt(id, heading, { section, defaults, lines })];
  });
}

function toPrompt(
  id: string,
  heading: Heading,
  parts: {
    readonly section: Section;
    readonly defaults: FileOptions;
    readonly lines: readonly string[];
  },
): Prompt {
  const { section, defaults, lines } = parts;
  const { options, own } = splitOptions(withDefaults(section.options, defaults));
  const endLine = section.endLine - 1;
  return {
    id,
    name: heading.title || 'Prompt',
    ...{ text: section.text, template: section.template, options },
    range: { line: heading.line, column: 0, endLine, endColumn: lines[endLine]?.length ?? 0 },
    ...{ skip: false, ...own },
  };
}

function remarkOn({ kind, line, column }: Lookalike, lines: readonly string[]): PromptDiagnostic {
  const marks = span(line, column, 2);
  switch (kind) {
    case 'no-space': {
      const message =
        'This line is text, not the start of a prompt. To start a prompt, put a space after "##".';
      return informationAt(marks, 'heading-needs-space', message);
    }
    case 'underlined': {
      const message =
        'This underlined heading starts no prompt, though it looks like one in a preview. To start a prompt, write "## " before it and remove the line below.';
      return informationAt(wholeLine(lines, line), 'underlined-heading', message);
    }
    case 'in-list': {
      const message =
        'This heading belongs to the list item above it and starts no prompt. To start a prompt, remove the spaces before "##".';
      return warningAt(marks, 'heading-in-list', message);
    }
    case 'in-html': {
      const message =
        'This heading belongs to the HTML above it, which ends at the next blank line, and starts no prompt. Put a blank line before the heading.';
      return errorAt(marks, 'heading-in-html', message);
    }
  }
}

function noPrompts({ lines, bodyLine }: PromptDocument) {
  if (lines.every(isBlank)) {
    const message = 'This file is empty. Start each prompt with a heading "## Name".';
    return errorAt(wholeLine(lines, 0), 'empty-file', message);
  }
  const line = Math.min(bodyLine, lines.length - 1);
  const message =
    'There is no prompt in this file. Start each prompt with a heading "## Name" and write its text below.';
  return errorAt(wholeLine(lines, line), 'no-prompts', message);
}

function emptyPrompt(lines: readonly string[], { line }: Heading) {
  const message = 'This prompt has no text. Write it below the heading, or remove the heading.';
  return errorAt(wholeLine(lines, line), 'empty-prompt', message);
}
