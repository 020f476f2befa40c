import type { Found, FoundIn } from '../state/search.ts';
import { visibleLine } from './visibleText.ts';

/** Where it was found, in words that stand before it. */
const places: { readonly [F in FoundIn]: string } = {
  name: '',
  answer: '',
  error: '',
  prompt: 'prompt: ',
  tools: 'tool: ',
  transcript: 'transcript: ',
};

const before = 30;
const length = 300;

/** The text around a match, with where it is: `prompt: …the cart of`. */
export function snippet({ in: place, text, at }: Found): string {
  const start = Math.max(0, at - before);
  const dots = start > 0 ? '…' : '';
  return `${places[place]}${dots}${visibleLine(text.slice(start, start + length), length)}`;
}
