import { isProtected } from '../../../base/protectedFiles.ts';
import { isReachingOption } from './programs.ts';

/** Characters of words that the star of a pattern covers. */
const openCharacters = /^[A-Za-z0-9_./:=+@, -]+$/;

/** Why the star of a pattern does not cover a word; undefined when it does. */
export function problemOfOpenWord(word: string): string | undefined {
  if (!openCharacters.test(word)) return 'has characters that a "*" does not cover';
  if (isReachingOption(word)) {
    return 'is an option that may run a program, change its settings or write a file';
  }
  // `-I/usr/include`, `--root=/etc`, `@/etc/passwd`, `a:/b`
  const pieces = word.replace(/^-+[A-Za-z]+(?=\/|\.\.)/, '').split(/[=:,@ +]/);
  for (const piece of pieces) {
    if (piece.startsWith('/')) return 'is an absolute path or an address';
    const names = piece.split('/').filter((name) => name !== '');
    if (names.includes('..')) return 'leads out of its folder';
    if (names.some((name) => name.toLowerCase() === '.vscode') || isProtected(names, 'file')) {
      return 'is a file that tools are kept from';
    }
  }
  return undefined;
}
