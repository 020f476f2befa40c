/** A prompt file with a prompt for each name: its heading and its whole text. */
export function promptFile(names: readonly string[]): string {
  return names.map((name) => `## ${name}\n\n${name}\n`).join('\n');
}
