import { describe, expect, it } from 'vitest';
import { maxCommandOutput } from '../../../../../src/core/tools/command/commandOutput.ts';
import { ShownOutput } from '../../../../../src/core/tools/command/terminal/shownOutput.ts';

function show(...pieces: readonly string[]) {
  const printed: string[] = [];
  const output = new ShownOutput((text) => printed.push(text));
  for (const piece of pieces) output.add(piece);
  return { printed, end: () => output.end() };
}

describe('the output of a command in a terminal', () => {
  it('is shown as it comes', () => {
    const { printed, end } = show('one', ' two\n');
    expect(printed).toEqual(['one', ' two\n']);
    expect(end()).toBe(true);
    expect(printed).toHaveLength(2);
  });

  it('may end in the middle of a line', () => {
    expect(show('one\n', 'two').end()).toBe(false);
    expect(show().end()).toBe(true);
  });

  it('goes back to the beginning of a line as a progress bar does', () => {
    expect(show('10 %\r20 %\r').printed).toEqual(['10 %\r20 %\r']);
  });

  it('steers no terminal, wherever its pieces are cut', () => {
    const { printed, end } = show('a\n\u001b]0;ti', 'tle\u0007b', '\n');
    end();
    const all = printed.join('');
    for (const control of ['\u001b', '\u0007']) expect(all).not.toContain(control);
    expect(all.startsWith('a\n')).toBe(true);
    expect(all.endsWith('b\n')).toBe(true);
  });

  it('does not cut a character', () => {
    const { printed } = show('x\ud83d', '\ude00');
    expect(printed).toEqual(['x😀']);
  });

  it('holds no line back for ever', () => {
    expect(show(`\u001b${'x'.repeat(5_000)}`).printed.join('')).toContain('x'.repeat(4_500));
  });

  it('is its beginning at once, and its end at last', () => {
    const { printed, end } = show('begin ', 'x'.repeat(maxCommandOutput), ' end');
    expect(printed.join('')).not.toContain('end');
    end();
    const all = printed.join('');
    expect(all.startsWith('begin ')).toBe(true);
    expect(all.endsWith(' end')).toBe(true);
    expect(all.length).toBeLessThan(maxCommandOutput);
  });
});
