import { clipEnd, visibleText } from '../core/base/text.ts';
import { otherInvisible } from '../shared/visibleText.ts';

/** Text from a model, tool or file, made safe for a terminal: without control sequences, newlines kept. */
export function terminalText(text: string): string {
  return visibleText(text, { keepNewlines: true });
}

/** The same as one short line, for a name or path inside a message. */
export function terminalLine(text: string): string {
  return clipEnd(visibleText(text.slice(0, 1_000)).replaceAll('\t', ' '), 200);
}

const unclearInJson = new RegExp(`[\\u007f-\\u009f\\p{Cf}\\u2028\\u2029${otherInvisible}]`, 'gu');

/** Most results have only such characters, which need no second look. */
const otherThanAscii = /[^\n\x20-\x7e]/;

/** Equivalent JSON that is safe for a terminal: control and invisible characters are escaped. */
export function terminalJson(json: string): string {
  if (!otherThanAscii.test(json)) return json;
  return json.replaceAll(unclearInJson, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
