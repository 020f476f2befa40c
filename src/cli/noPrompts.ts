import { terminalText } from './terminalText.ts';

/** The message for paths without prompts: it says how prompt files are named. */
export function noPromptsIn(paths: readonly string[]): string {
  const shown = terminalText(paths.join(', '));
  return `There is no prompt in ${shown}. Prompt files are named *.prompts.md or *.prompt.md.`;
}
