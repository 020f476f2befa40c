import { terminalText } from './terminalText.ts';

/** Says that the places that were named hold no prompt, and what would be one. */
export function noPromptsIn(places: readonly string[]): string {
  const named = terminalText(places.join(', '));
  return `There is no prompt in ${named}. Prompts stand in files named *.prompts.md or *.prompt.md.`;
}
