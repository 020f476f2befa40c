import { expect, it } from 'vitest';
import {
  isReachingOption,
  isReachingSubcommand,
  needsSubcommand,
  runsAnything,
} from '../../../../../src/core/approvals/rules/command/programs.ts';

it.each([
  ['bash', true],
  ['BASH', true],
  ['bash.exe', true],
  ['npx.cmd', true],
  ['exe.bash', false],
  ['python', true],
  ['python3.12', true],
  ['python-3.12', true],
  ['lua5.4', true],
  ['node22', true],
  ['7z', true],
  ['x86python', false],
  ['bashful', false],
  ['ls', false],
  ['npm', false],
  ['', false],
])('%s runs anything: %s', (program, is) => {
  expect(runsAnything(program)).toBe(is);
});

it.each([
  ['npm', true],
  ['git', true],
  ['yum', true],
  ['tsc', false],
])('%s has subcommands: %s', (program, is) => {
  expect(needsSubcommand(program)).toBe(is);
});

it.each([
  ['git', 'status', false],
  ['git', 'push', true],
  ['git', 'run', false],
  ['git', 'init', false],
  ['hg', 'incoming', true],
  ['hg', 'init', false],
  ['svn', 'switch', true],
  ['svn', 'add', false],
  ['npm', 'push', false],
  ['npm', 'exec', true],
  ['npm', 'x', true],
  ['npm', 'test', false],
  ['npm', 'run', false],
  ['yarn', 'run', false],
  ['composer', 'run', false],
  ['cargo', 'run', true],
  ['uv', 'run', true],
  ['cargo', 'build', false],
])('%s %s reaches further: %s', (program, word, is) => {
  expect(isReachingSubcommand(program, word)).toBe(is);
});

it.each([
  ['--config=x', true],
  ['--Config', true],
  ['--conf', true],
  ['--no-config', true],
  ['--config.file', true],
  ['--out-dir', true],
  ['--out_dir', true],
  ['--no-color', false],
  // The beginning of a name only, and `no-` at the beginning only.
  ['--dno-ir', false],
  ['--dirty', false],
  ['--watch', false],
  ['--no-', false],
  ['--', false],
  ['-', false],
  ['config', false],
  ['-c', true],
  ['-vc', true],
  ['-v', false],
  ['-B', true],
  ['-b', false],
])('%s is an option that reaches further: %s', (word, is) => {
  expect(isReachingOption(word)).toBe(is);
});
