import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { askYesNo } from '../../../src/cli/askYesNo.ts';

it.each([
  ['y\n', true],
  ['Yes\r\n', true],
  ['\n', false],
  ['n\n', false],
  ['yesterday\n', false],
  // The input ends without an answer.
  ['', false],
])('%j counts as %s', async (typed, expected) => {
  const input = new PassThrough();
  const output = new PassThrough();
  const answer = askYesNo('Send it there?', { input, output });
  input.end(typed);
  expect(await answer).toBe(expected);
  expect(String(output.read())).toMatch(/^Send it there\? \[y\/N\] /);
});

it('Ctrl+C counts as no', async () => {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const answer = askYesNo('Send it there?', { input, output });
  input.write('\u0003');
  expect(await answer).toBe(false);
});
