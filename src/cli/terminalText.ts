import { clipEnd, visibleText } from '../core/base/text.ts';
import { otherInvisible } from '../shared/visibleText.ts';

/** What a model, a tool or a file says, for a terminal: lines stay, and nothing can steer the terminal. */
export function terminalText(text: string): string {
  return visibleText(text, { keepNewlines: true });
}

/** The same as one short line, for a name among words of our own. */
export function terminalLine(text: string): string {
  return clipEnd(visibleText(text.slice(0, 1_000)).replaceAll('\t', ' '), 200);
}

const unclearInJson = new RegExp(`[\\u007f-\\u009f\\p{Cf}\\u2028\\u2029${otherInvisible}]`, 'gu');

/** The same JSON with nothing in it that could steer a terminal or that hides: it is escaped. */
export function terminalJson(json: string): string {
  return json.replaceAll(unclearInJson, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
