import { clipEnd, visibleText } from '../core/base/text.ts';
import { revealHidden } from '../shared/visibleText.ts';

/** Default max lengths in UTF-16 units. */
const maxLineLength = 300;
const maxLinesLength = 2_000;
/** Leaves room for the text around a title. */
const maxTitleLength = 120;

/**
 * Makes an untrusted text safe to show in VS Code's UI: one line, clipped, hidden characters made visible, no
 * links and no icons. A space breaks the syntax of a link (`[text] (command:…)`) or icon (`$ (gear)`).
 * Idempotent.
 */
export function plainText(text: string, maxLength = maxLineLength): string {
  // Clip first: some texts are megabytes.
  const start = text.slice(0, maxLength * 4);
  const shown = visibleText(start, { keepNewlines: true });
  return clipEnd(withoutSyntax(shown.replaceAll(/\s+/gu, ' ').trim()), maxLength);
}

/** Like `plainText`, for the title of a run or the name of a conversation within a longer text. */
export function plainTitle(title: string): string {
  return plainText(title, maxTitleLength);
}

/** Like `plainText` for several lines, for tooltips. */
export function plainLines(text: string, maxLength = maxLinesLength): string {
  const start = text.slice(0, maxLength * 4);
  return clipEnd(withoutSyntax(visibleText(start, { keepNewlines: true })), maxLength);
}

/**
 * Makes hidden characters of a Markdown document visible and breaks its `command:` links with a space: VS Code
 * follows them in an editor, too.
 */
export function inertMarkdown(markdown: string): string {
  return revealHidden(markdown).replaceAll(/\bcommand:(?=\S)/giu, '$& ');
}

/** VS Code parses `](` as part of a link and `$(` as an icon. */
function withoutSyntax(text: string): string {
  return text.replaceAll('](', '] (').replaceAll('$(', '$ (');
}
