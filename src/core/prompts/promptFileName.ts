/** What a file holds, by its name: `*.prompts.md` many prompts, `*.prompt.md` one, others none. */
export function promptFileKind(name: string): 'many' | 'one' | undefined {
  if (name.endsWith('.prompts.md')) return 'many';
  return name.endsWith('.prompt.md') ? 'one' : undefined;
}

export function isPromptFileName(name: string): boolean {
  return promptFileKind(name) !== undefined;
}
