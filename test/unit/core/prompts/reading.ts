import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';
import type { PromptDiagnostic } from '../../../../src/core/prompts/prompt.ts';
import type { TextRange } from '../../../../src/core/prompts/textRange.ts';
import { readingTools } from '../../../support/readingTools.ts';

/**
 * The text in a range, lines joined by `
 * `.
 */
export function textIn(text: string, range: TextRange): string {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const covered = lines.slice(range.line, range.endLine + 1);
  const last = covered.length - 1;
  return covered
    .map((line, index) =>
      line.slice(index === 0 ? range.column : 0, index === last ? range.endColumn : undefined),
    )
    .join('\n');
}

/** A diagnostic in one line: `error code 3:0 "marked text"`. */
export function brief(text: string, { severity, code, range }: PromptDiagnostic): string {
  return `${severity} ${code} ${range.line}:${range.column} ${JSON.stringify(textIn(text, range))}`;
}

/** The diagnostics of a file, each in one line. */
export function briefs(
  text: string,
  fileName = 'a.prompts.md',
  knownTools?: readonly string[],
): readonly string[] {
  const options = knownTools ? { knownTools: readingTools(knownTools) } : {};
  return parsePromptFile(text, fileName, options).diagnostics.map((each) => brief(text, each));
}

/** Names and texts of the prompts in a `*.prompts.md`. */
export function namesAndTexts(text: string): readonly (readonly [string, string])[] {
  return parsePromptFile(text, 'a.prompts.md').prompts.map((prompt) => [prompt.name, prompt.text]);
}
