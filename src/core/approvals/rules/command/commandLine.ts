import type { Shell } from '../ruleSystem.ts';
import type { LooseWords } from './looseWords.ts';
import { looseWords } from './looseWords.ts';

/** One command of a command line. Simple: only known to run this one program with these very words. */
export type Command =
  | { readonly kind: 'simple'; readonly text: string; readonly words: readonly string[] }
  | { readonly kind: 'unclear'; readonly text: string; readonly why: string };

/** Longest command line that is looked at, in UTF-16 units. A longer one is denied. */
export const maxCommandLength = 8_000;

/** Most commands that are looked at one by one. */
const maxCommands = 50;

/** Between the commands of a line. */
const separator = /^(?:&&|\|\||\|&|;;|[;|&\n])/;

/** Characters that every shell takes as they are, wherever they stand in a word but at its start. */
const plain = /^[A-Za-z0-9_./:=+@,-]$/;

/** What no shell but POSIX takes as it is: PowerShell splats with `@` and makes lists with `,`. */
const plainElsewhere = /^[A-Za-z0-9_./:=+-]$/;

/** A command line, taken apart. */
export interface CommandLine {
  readonly text: string;
  /** In their order; at least one. */
  readonly commands: readonly Command[];
  /** Whatever may be a word of a command in it; of no use where all commands are simple. */
  readonly loose: LooseWords;
}

/**
 * Takes a command line apart. Whatever this does not fully understand makes its command unclear: what
 * expands, substitutes, redirects, groups or escapes, and all that is not printable ASCII. Which shell of
 * its family reads the line is not known, so a command is simple only where all of them agree.
 */
export function parseCommandLine(text: string, shell: Shell): CommandLine {
  const loose = looseWords(text.slice(0, maxCommandLength));
  const unclear = (why: string): CommandLine => ({
    text,
    commands: [{ kind: 'unclear', text, why }],
    loose,
  });
  if (text.length > maxCommandLength) return unclear('The command line is too long.');
  const reader = new LineReader(withoutOuterSpaces(text), shell);
  const commands: Command[] = [];
  while (!reader.isAtEnd()) {
    if (commands.length === maxCommands) return unclear('The command line has too many commands.');
    commands.push(reader.command());
  }
  return commands.length > 0 ? { text, commands, loose } : unclear('The command line is empty.');
}

/** The words of a line that is nothing but one simple command. */
export function wordsOf({ commands }: CommandLine): readonly string[] | undefined {
  const [first, ...others] = commands;
  return others.length === 0 && first?.kind === 'simple' ? first.words : undefined;
}

/** Without spaces at both ends; other blanks stay, for shells act on some of them. */
function withoutOuterSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (text[start] === ' ') start++;
  while (end > start && text[end - 1] === ' ') end--;
  return text.slice(start, end);
}

class LineReader {
  readonly #line: string;
  readonly #shell: Shell;
  #at = 0;
  /** The first thing in the current command that is not understood. */
  #why: string | undefined;

  constructor(line: string, shell: Shell) {
    this.#line = line;
    this.#shell = shell;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#line.length;
  }

  /** Reads up to the next separator, and over it. */
  command(): Command {
    const start = this.#at;
    this.#why = undefined;
    const words: string[] = [];
    while (!this.isAtEnd() && this.#separator() === undefined) {
      if (this.#skipBlanks()) continue;
      words.push(this.#word());
    }
    const text = this.#line.slice(start, this.#at).trim();
    const between = this.#separator();
    this.#at += between?.length ?? 0;
    if (between !== undefined && this.isAtEnd()) this.#fault('it ends in a separator');
    const why = this.#why ?? problemOfWords(words);
    return why === undefined ? { kind: 'simple', text, words } : { kind: 'unclear', text, why };
  }

  #separator(): string | undefined {
    return separator.exec(this.#line.slice(this.#at, this.#at + 2))?.[0];
  }

  #skipBlanks(): boolean {
    const start = this.#at;
    while (this.#line[this.#at] === ' ') this.#at++;
    return this.#at > start;
  }

  #word(): string {
    const start = this.#at;
    let word = '';
    // zsh puts the path of a program in the place of `=program`.
    if (this.#line[start] === '=') this.#fault('a word begins with "="');
    while (!this.isAtEnd() && this.#line[this.#at] !== ' ' && this.#separator() === undefined) {
      const char = this.#line[this.#at] ?? '';
      const isQuote = this.#shell === 'posix' && (char === "'" || char === '"');
      word += isQuote ? this.#quoted(char) : this.#bare(char);
    }
    return word;
  }

  /** A character outside quotes, with what it keeps from separating. */
  #bare(char: string): string {
    const isPlain = this.#shell === 'posix' ? plain : plainElsewhere;
    if (!isPlain.test(char)) this.#fault(meaningOf(char));
    const length = char === '\\' ? 2 : 1;
    const text = this.#line.slice(this.#at, this.#at + length);
    this.#at += length;
    return text;
  }

  #quoted(quote: string): string {
    const end = this.#line.indexOf(quote, this.#at + 1);
    if (end < 0) this.#fault('a quote is not closed');
    const text = this.#line.slice(this.#at + 1, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#line.length : end + 1;
    // Shells differ in what these do inside quotes.
    const odd = [...text].find((char) => !/[\x20-\x7e]/.test(char) || '\\!$`'.includes(char));
    if (odd !== undefined) this.#fault(meaningOf(odd));
    // Some shells read '' inside quotes as one quote.
    if (/^['"]/.test(this.#line.slice(this.#at)))
      this.#fault('quotes stand directly beside each other');
    return text;
  }

  #fault(what: string): void {
    this.#why ??= `It is no simple command: ${what}.`;
  }
}

function meaningOf(char: string): string {
  if (!/^[\x20-\x7e]$/.test(char)) {
    const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `it has the character U+${code}`;
  }
  if (char === '<' || char === '>') return `it redirects with "${char}"`;
  if (char === '$' || char === '`') return `it substitutes with "${char}"`;
  return `it has the character ${char}`;
}

/** Words that are part of the language of a shell. */
const reserved: ReadonlySet<string> = new Set(
  (
    'case coproc do done elif else end esac fi for foreach function if in select switch then time until ' +
    'while'
  ).split(' '),
);

function problemOfWords([first]: readonly string[]): string | undefined {
  if (first === undefined) return 'A separator has no command before it.';
  if (/^[A-Za-z_][A-Za-z0-9_]*\+?=/.test(first)) {
    return 'It is no simple command: it sets a variable first.';
  }
  if (first === '' || first.includes(' '))
    return 'It is no simple command: its name is no plain word.';
  return reserved.has(first)
    ? `It is no simple command: "${first}" is a word of the shell.`
    : undefined;
}
