/** Prompt files by their names: `*.prompts.md` has many prompts, `*.prompt.md` is one. */
export const promptFileNames = /\.prompts?\.md$/;

/** The same as a glob of VS Code. */
export const promptFileGlob = '**/*.{prompt,prompts}.md';

/** How many prompts a file of this name or path holds; undefined when it is no prompt file. */
export function promptFileKind(name: string): 'many' | 'one' | undefined {
  if (!isPromptFileName(name)) return undefined;
  return name.endsWith('.prompt.md') ? 'one' : 'many';
}

export function isPromptFileName(name: string): boolean {
  return promptFileNames.test(name);
}

/** The name without the ending of prompt files. */
export function withoutPromptEnding(name: string): string {
  return name.replace(promptFileNames, '');
}
