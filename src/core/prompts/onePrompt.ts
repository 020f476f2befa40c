import { withoutPromptEnding } from '../../shared/promptFileName.ts';
import { fileNameOf, formatPromptId } from '../../shared/promptId.ts';
import { readChatHeader } from './chatHeader.ts';
import { splitOptions, withDefaults } from './checkOptions.ts';
import { errorAt } from './diagnostics.ts';
import type { FileReading } from './fileReading.ts';
import { readHeader } from './headerLines.ts';
import type { Prompt } from './prompt.ts';
import { readDocument } from './promptDocument.ts';
import { readSection } from './section.ts';
import { slugOf } from './slug.ts';
import { isBlank, wholeLine } from './sourceText.ts';

/** Reads a `*.prompt.md`: its whole body is one prompt, named in its header or after its file. */
export function readOnePrompt(
  lines: readonly string[],
  file: string,
  reading: FileReading,
): readonly Prompt[] {
  const { report } = reading;
  const document = readDocument(lines, { report, readHeader, isSplit: false });
  const header = readChatHeader(document.frontMatter, reading);
  const section = readSection(document, document.bodyLine, lines.length, {
    ...reading,
    attachesLinks: true,
  });
  if (section.text === '') {
    if (!section.isCutOff) report(emptyFile(lines, document.bodyLine));
    return [];
  }
  const name = header.name ?? (withoutPromptEnding(fileNameOf({ file })) || 'Prompt');
  const { options, own } = splitOptions(withDefaults(section.options, header.options));
  const endLine = section.endLine - 1;
  const endColumn = lines[endLine]?.length ?? 0;
  return [
    {
      id: formatPromptId({ file, slug: slugOf(name) }),
      name,
      ...{ text: section.text, template: section.template, options },
      range: { line: 0, column: 0, endLine, endColumn },
      ...{ skip: false, ...own },
    },
  ];
}

function emptyFile(lines: readonly string[], bodyLine: number) {
  if (lines.every(isBlank)) {
    const message = 'This file is empty. Write the text of the prompt.';
    return errorAt(wholeLine(lines, 0), 'empty-file', message);
  }
  const message = 'This prompt has no text. Write it below the options.';
  return errorAt(wholeLine(lines, Math.min(bodyLine, lines.length - 1)), 'empty-prompt', message);
}
