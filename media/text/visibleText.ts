import { revealHidden } from '../../src/shared/visibleText.ts';

/** A text in one line, with hidden characters spelled out, clipped to `maxLength` UTF-16 units. */
export function visibleLine(text: string, maxLength: number): string {
  const start = text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '');
  const line = revealHidden(start).replace(/\s+/g, ' ').trim();
  return text.length > maxLength ? `${line}…` : line;
}

/** A value as JSON in one line, with hidden characters spelled out. */
export function compactJson(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined';
}

/** A value as indented JSON, with hidden characters spelled out. */
export function prettyJson(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? 'undefined';
}
