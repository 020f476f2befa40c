import type { Reading } from '../reading.ts';
import type { RuleEffect, Shell } from '../ruleSystem.ts';
import type { CommandLine } from './commandLine.ts';
import { parseCommandLine, wordsOf } from './commandLine.ts';
import { isSameProgram, looseWords, mayRun } from './looseWords.ts';
import { problemOfOpenWord } from './openWord.ts';
import { isReachingSubcommand, needsSubcommand, runsAnything } from './programs.ts';

/** Commands that a rule is about: one line, or all simple commands that begin with some words. */
export interface CommandSpecifier {
  readonly kind: 'command';
  /** The line, or what stands before the star. */
  readonly text: string;
  /** Absent when the line is no simple command; then only the very same text is meant. */
  readonly words?: readonly string[];
  /** Whether it ends in a star: one or more words may follow. */
  readonly isOpen: boolean;
}

/** Reads what stands in `run_command(…)`. */
export function readCommandSpecifier(
  text: string,
  effect: RuleEffect,
  shell: Shell,
): Reading<CommandSpecifier> {
  if (!/^[\x20-\x7e]+$/.test(text)) {
    return { problem: 'A command in a rule has plain ASCII characters only.' };
  }
  const isOpen = text === '*' || text.endsWith(' *');
  const fixed = isOpen ? text.slice(0, -1).trimEnd() : text;
  if (hasBareStar(fixed)) {
    return {
      problem: 'A "*" stands for words only at the end, after a space: run_command(npm run *).',
    };
  }
  const words = fixed === '' ? [] : wordsOf(parseCommandLine(fixed, shell));
  const specifier = { kind: 'command', text: fixed, isOpen, ...(words ? { words } : {}) } as const;
  if (!isOpen) return { value: specifier };
  if (words === undefined) {
    return {
      problem: 'Before a "*" stands one simple command: plain words, nothing that a shell acts on.',
    };
  }
  const problem = effect === 'allow' ? problemOfOpen(words) : undefined;
  return problem === undefined ? { value: specifier } : { problem };
}

/** Why an allow rule must not be open after these words. */
function problemOfOpen([program, next]: readonly string[]): string | undefined {
  if (program === undefined) {
    return '"*" alone would allow every command. Name a program: run_command(npm run *).';
  }
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/.test(program)) {
    return 'A pattern begins with the bare name of a program, without a folder.';
  }
  if (runsAnything(program)) {
    return `"${program}" runs, reaches or writes whatever its arguments say. Write the whole command instead of "*".`;
  }
  if (!needsSubcommand(program)) return undefined;
  if (next === undefined || next.startsWith('-')) {
    return `"${program} *" is too broad. Name what ${program} does first, as in "${program} test *".`;
  }
  if (!isReachingSubcommand(program, next)) return undefined;
  return `"${program} ${next}" runs or reaches whatever comes after it. Write the whole command instead of "*".`;
}

/** Whether an allow rule covers a whole command line. */
export function coversCommand(rule: CommandSpecifier, line: CommandLine): boolean {
  if (!rule.isOpen && line.text === rule.text) return true;
  const words = wordsOf(line);
  if (words === undefined || rule.words === undefined) return false;
  if (!rule.words.every((word, index) => words[index] === word)) return false;
  const rest = words.slice(rule.words.length);
  if (!rule.isOpen) return rest.length === 0;
  return rest.length > 0 && rest.every((word) => problemOfOpenWord(word) === undefined);
}

/** Whether a rule that denies or asks is about a command line: any command in it is enough. */
export function touchesCommand(
  rule: CommandSpecifier,
  { text, commands, loose }: CommandLine,
): boolean {
  const { words } = rule;
  if (words === undefined) return text.includes(rule.text);
  if (words.length === 0) return true;
  if (commands.some((command) => command.kind === 'unclear')) return mayRun(loose, words);
  return commands.some((command) => {
    if (command.kind === 'unclear') return false;
    const [program = ''] = command.words;
    // What stands behind a wrapper or in an interpreter's text is a command, too.
    if (runsAnything(program) && mayRun(looseWords(command.words.slice(1).join(' ')), words))
      return true;
    return isRun(rule, words, command.words);
  });
}

function isRun(
  { isOpen }: CommandSpecifier,
  words: readonly string[],
  found: readonly string[],
): boolean {
  const isSame = words.every((word, index) => {
    const other = found[index];
    if (other === undefined) return false;
    return index === 0 ? isSameProgram(word, other) : word === other;
  });
  return isSame && (isOpen || found.length === words.length);
}

/** A star outside quotes. */
function hasBareStar(text: string): boolean {
  return text.replace(/'[^']*'|"[^"]*"/g, '').includes('*');
}
