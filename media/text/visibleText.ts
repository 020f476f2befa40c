import { revealHidden } from '../../src/shared/visibleText.ts';

/** A text in one line, with hidden characters spelled out, clipped to `maxLength` UTF-16 units. */
export function visibleLine(text: string, maxLength: number): string {
  // Not within a pair, and not before the rest of a joined picture.
  const start = text.slice(0, maxLength).replace(/\u200d?[\ud800-\udbff]?$/, '');
  const line = revealHidden(start).replace(/\s+/g, ' ').trim();
  return text.length > maxLength ? `${line}…` : line;
}

/** The end of a text, at most `maxLength` UTF-16 units. It does not begin within a pair or a joined picture. */
export function endOf(text: string, maxLength: number): string {
  const end = text.slice(-maxLength);
  return end.length < text.length
    ? end.replace(/^[\udc00-\udfff]?(?:\p{Emoji_Modifier}|\u200c|\u200d|\ufe0e|\ufe0f)*/u, '')
    : end;
}

/** A value as JSON in one line, with hidden characters spelled out. */
export function compactJson(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined';
}

/** A value as indented JSON, with hidden characters spelled out. */
export function prettyJson(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? 'undefined';
}
