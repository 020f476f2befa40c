/**
 * Characters that hide or reorder text: controls, bidirectional marks, zero-width characters and
 * the invisible tag block. Tab and line feed are left out.
 */
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** The text with hidden characters spelled out as `U+202E`, for showing data exactly. */
export function visibleText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(hidden, spelledOut);
}

/** The same on one line, clipped to `maxLength` UTF-16 units. */
export function visibleLine(text: string, maxLength: number): string {
  const line = visibleText(text.slice(0, maxLength)).replace(/\s+/g, ' ').trim();
  return text.length > maxLength ? `${line}…` : line;
}

function spelledOut(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A value as JSON on one line, hidden characters included. */
export function compactJson(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined';
}

/** A value as indented JSON, hidden characters included. */
export function prettyJson(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? 'undefined';
}
