import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  parseCommandLine,
  wordsOf,
} from '../../../../../src/core/approvals/rules/command/commandLine.ts';
import type { Shell } from '../../../../../src/core/approvals/rules/ruleSystem.ts';

function simpleCommand(line: string, shell: Shell): readonly string[] | undefined {
  return wordsOf(parseCommandLine(line, shell));
}

describe('a command line', () => {
  it.each([
    ['npm test', ['npm', 'test']],
    ['npm  \'run\' x"y z"', ['npm', 'run', 'xy z']],
    ['a --b=c,d:e@f+g', ['a', '--b=c,d:e@f+g']],
    ["a ''", ['a', '']],
    ["a 'x;y|z>w'", ['a', 'x;y|z>w']],
  ])('%j is one simple command', (line, words) => {
    expect(simpleCommand(line, 'posix')).toEqual(words);
  });

  it.each([
    ['A=1 npm test', 'it sets a variable first'],
    ['A+=1 npm', 'it sets a variable first'],
    ['"npm test"', 'its name is no plain word'],
    ["'' x", 'its name is no plain word'],
    ['if x', '"if" is a word of the shell'],
    ['a $(b)', 'it substitutes with "$"'],
    ['a > b', 'it redirects with ">"'],
    ['a =b', 'a word begins with "="'],
    ['a "b', 'a quote is not closed'],
    ["a 'b''c'", 'quotes stand directly beside each other'],
    ['a \u0435', 'it has the character U+0435'],
    ['a &', 'it ends in a separator'],
    ['a\tb', 'it has the character U+0009'],
  ])('%j is none: %s', (line, why) => {
    const [command] = parseCommandLine(line, 'posix').commands;
    expect(command?.kind === 'unclear' && command.why).toContain(why);
    expect(simpleCommand(line, 'posix')).toBeUndefined();
  });

  it('is taken apart at every separator outside quotes', () => {
    const texts = parseCommandLine(`a 'x;y' && b || c; d | e & f\ng`, 'posix').commands.map(
      ({ text }) => text,
    );
    expect(texts).toEqual(["a 'x;y'", 'b', 'c', 'd', 'e', 'f', 'g']);
  });

  it.each(['cmd', 'powershell'] as const)('of %s is simple only in plain words', (shell) => {
    expect(simpleCommand('npm run a-b --c=d', shell)).toEqual(['npm', 'run', 'a-b', '--c=d']);
    for (const char of '\'"`$%^!@,;&|<>(){}[]#~*?\\\n\t') {
      expect([char, simpleCommand(`npm a${char}b`, shell)]).toEqual([char, undefined]);
    }
  });

  it('of any kind is read without an exception, and too long a one is not simple', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (line) => {
        for (const shell of ['posix', 'cmd', 'powershell'] as const) {
          expect(parseCommandLine(line, shell).commands.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 3_000 },
    );
    expect(parseCommandLine('a;'.repeat(51), 'posix').commands).toHaveLength(1);
    expect(simpleCommand(`a ${'b'.repeat(8_001)}`, 'posix')).toBeUndefined();
  });
});

describe.runIf(process.platform !== 'win32')('what is called simple', () => {
  /** Runs many lines in one shell; each must run the program `prog` once, with these words. */
  function runInShell(shell: string, lines: readonly string[]): readonly string[] {
    const folder = mkdtempSync(path.join(tmpdir(), 'interleave-shell-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(
      path.join(folder, 'prog'),
      '#!/bin/sh\nprintf "<"\nfor a; do printf "[%s]" "$a"; done\nprintf ">\\n"\n',
    );
    chmodSync(path.join(folder, 'prog'), 0o755);
    writeFileSync(path.join(folder, 'script'), `${lines.join('\n')}\n`);
    const { stdout, stderr } = spawnSync(shell, ['script'], {
      cwd: folder,
      env: { PATH: `${folder}:/usr/bin:/bin` },
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(readdirSync(folder).toSorted()).toEqual(['prog', 'script']);
    return stdout.trimEnd().split('\n');
  }

  const word = fc.oneof(
    fc.constantFrom(
      'a',
      '-b',
      '--c=d',
      'x/y',
      '"a b"',
      "'c d'",
      'a"b c"',
      '@x',
      'a:b',
      'c,d',
      '1+1',
      '.',
    ),
    fc.constantFrom(
      '$x',
      '`a`',
      '*',
      '?',
      '~',
      '{a,b}',
      'a;b',
      '>x',
      '\\',
      '!',
      '#',
      "'",
      '"',
      '&',
      '|',
      '=x',
    ),
    fc.string({ minLength: 1, maxLength: 4 }).map((text) => `'${text}'`),
    fc.string({ minLength: 1, maxLength: 4 }).map((text) => `"${text}"`),
    fc.string({ minLength: 1, maxLength: 4 }),
  );

  it.each(['dash', 'bash'])('is run by %s as one program with the same words', (shell) => {
    if (spawnSync(shell, ['-c', ':']).error !== undefined) return;
    const lines = fc
      .sample(fc.array(word, { maxLength: 4 }), { numRuns: 3_000, seed: 11 })
      .map((words) => ['prog', ...words].join(' '))
      .filter((line) => simpleCommand(line, 'posix') !== undefined)
      .slice(0, 300);
    expect(lines.length).toBeGreaterThan(200);
    const expected = lines.map((line) => {
      const words = simpleCommand(line, 'posix')?.slice(1) ?? [];
      return `<${words.map((one) => `[${one}]`).join('')}>`;
    });
    expect(runInShell(shell, lines)).toEqual(expected);
  });
});
