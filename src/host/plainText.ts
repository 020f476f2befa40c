import { clipEnd, visibleText } from '../core/base/text.ts';
import { revealHidden } from '../shared/visibleText.ts';

/** Longest text of one line, in UTF-16 units, unless the place says otherwise. */
const lineLength = 300;
const linesLength = 2_000;

/**
 * What a server, a model, a file, a folder or a prompt says, as one line for any place of VS Code's own
 * window: nothing of it is a link, an icon or hidden, and it is clipped. It reads nearly as written: a
 * space comes between what would make up a link (`[text] (command:…)`) or an icon (`$ (gear)`).
 * Doing it twice changes nothing more.
 */
export function plainText(text: string, maxLength = lineLength): string {
  // Whatever is left out is not even looked at: some texts are megabytes.
  const start = text.slice(0, maxLength * 4);
  const shown = visibleText(start, { keepNewlines: true });
  return clipEnd(withoutSyntax(shown.replaceAll(/\s+/gu, ' ').trim()), maxLength);
}

/** The same of several lines, for tooltips. */
export function plainLines(text: string, maxLength = linesLength): string {
  const start = text.slice(0, maxLength * 4);
  return clipEnd(withoutSyntax(visibleText(start, { keepNewlines: true })), maxLength);
}

/**
 * A Markdown document in which nothing is hidden and no link runs a command: VS Code follows links to
 * `command:` in an editor, too. A space takes the target apart.
 */
export function inertMarkdown(markdown: string): string {
  return revealHidden(markdown).replaceAll(/\bcommand:(?=\S)/giu, '$& ');
}

/** VS Code reads a link in `](` and an icon in `$(`, wherever they come together. */
function withoutSyntax(text: string): string {
  return text.replaceAll('](', '] (').replaceAll('$(', '$ (');
}
