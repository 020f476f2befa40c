import { revealHidden } from '../../src/shared/visibleText.ts';

/** A text on one line with what is hidden in it, clipped to `maxLength` UTF-16 units. */
export function visibleLine(text: string, maxLength: number): string {
  const start = text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '');
  const line = revealHidden(start).replace(/\s+/g, ' ').trim();
  return text.length > maxLength ? `${line}…` : line;
}

/** A value as JSON on one line, hidden characters included. */
export function compactJson(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined';
}

/** A value as indented JSON, hidden characters included. */
export function prettyJson(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? 'undefined';
}
