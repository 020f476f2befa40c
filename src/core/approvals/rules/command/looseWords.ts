/** The words of a command line, however it hides them, for rules that deny or ask. */
export interface LooseWords {
  readonly words: readonly string[];
  /** Each word as the name of a program. */
  readonly programs: readonly string[];
}

/** Finds all words that may be part of some command. Quotes, escapes and invisible characters hide none. */
export function looseWords(line: string): LooseWords {
  const words = line
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\$\{?IFS\}?/g, ' ')
    .replace(/['"\\^]/g, '')
    .split(/[\s;&|(){}<>`$]+/)
    .filter((word) => word !== '');
  return { words, programs: words.map(programName) };
}

/** Whether a command may be run somewhere among these words. Had better be true once too often. */
export function mayRun({ words, programs }: LooseWords, wanted: readonly string[]): boolean {
  const [program = '', ...others] = wanted;
  const name = programName(program);
  return programs.some(
    (found, at) => found === name && others.every((word, index) => words[at + 1 + index] === word),
  );
}

/** Whether two words name one program: without folder and ending, whatever the case. */
export function isSameProgram(one: string, other: string): boolean {
  return programName(one) === programName(other);
}

function programName(word: string): string {
  const name = word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1);
  return name.toLowerCase().replace(/\.(?:exe|cmd|bat|com|ps1)$/, '');
}
