/**
 * VS Code's shell integration sequences (`OSC 633`), by which a shell says where its prompts and commands begin and
 * end. They end with BEL, because VS Code separates a command's output from its marks only in that form.
 */
export const shellMarks = {
  prompt: mark('A'),
  /** The prompt is shown: a command line can be typed. */
  input: mark('B'),
  /** The command runs from here on. */
  begin: mark('C'),
} as const;

/** The command has ended. */
export function endMark(exitCode: number): string {
  return mark(`D;${exitCode}`);
}

/** The command line that runs. `nonce` shows that it comes from the shell and not from a command's output. */
export function commandLineMark(line: string, nonce: string): string {
  return mark(`E;${escaped(line)};${nonce}`);
}

function mark(body: string): string {
  return `\u001b]633;${body}\u0007`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for control characters.
const special = /[\\;\u0000-\u0020\u007f-\u009f]/g;

function escaped(text: string): string {
  return text.replaceAll(special, (character) =>
    character === '\\' ? '\\\\' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
