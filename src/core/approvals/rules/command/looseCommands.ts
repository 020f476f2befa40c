/**
 * Whether a command may be run somewhere in a line that is not understood: for rules that deny or ask,
 * which had better match once too often. Quotes, escapes and invisible characters do not hide it.
 */
export function mayRun(line: string, words: readonly string[]): boolean {
  const tokens = looseTokens(line);
  return tokens.some((_, at) =>
    words.every((word, index) => isSame(tokens[at + index], word, index)),
  );
}

/** Whether two words name one program: without folder and ending, whatever the case. */
export function isSameProgram(one: string, other: string): boolean {
  return programName(one) === programName(other);
}

function isSame(token: string | undefined, word: string, index: number): boolean {
  if (token === undefined) return false;
  return index === 0 ? isSameProgram(token, word) : token === word;
}

function looseTokens(line: string): readonly string[] {
  return line
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\$\{?IFS\}?/g, ' ')
    .replace(/['"\\^]/g, '')
    .split(/[\s;&|(){}<>`$]+/)
    .filter((token) => token !== '');
}

function programName(word: string): string {
  const name = word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1);
  return name.toLowerCase().replace(/\.(?:exe|cmd|bat|com|ps1)$/, '');
}
