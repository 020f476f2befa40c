import { otherInvisible } from './visibleText.ts';

/** Characters that are invisible or look like a space, but no line feed: the indentation needs it. */
const unseen = new RegExp(`(?![ \\n])[\\p{Cc}\\p{Cf}\\p{Z}${otherInvisible}]`, 'gu');

/**
 * A value as JSON in which every invisible character is an escape (`\u202e`). It reads back as the same value, so
 * what is shown, what is edited and what runs are the same.
 */
export function exactJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent) ?? 'null';
  return json.replace(unseen, asEscapes);
}

function asEscapes(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    const unit = character.charCodeAt(at).toString(16).padStart(4, '0');
    return `\\u${unit}`;
  }).join('');
}

/** A text as it is; where it has line breaks or characters that cannot be seen, as JSON. */
export function exactText(text: string): string {
  return /\n/.test(text) || exactJson(text) !== JSON.stringify(text) ? exactJson(text) : text;
}
