import { describe, expect, it, vi } from 'vitest';
import { CommandOutput } from '../../../../src/core/tools/command/commandOutput.ts';
import { fitResult } from '../../../../src/core/tools/fitResult.ts';
import { thrownText } from '../../../../src/core/tools/thrownText.ts';
import { type Tool, ToolError } from '../../../../src/core/tools/tool.ts';
import { createToolBox, offeredTools, pickTools } from '../../../../src/core/tools/toolBox.ts';
import { ToolClock } from '../../../../src/core/tools/toolClock.ts';
import { countFitting, withinLength, withNotes } from '../../../../src/core/tools/toolText.ts';

describe('lines of a result', () => {
  it.each([
    [[], [], ''],
    [['a', 'b'], [], 'a\nb'],
    [['a', 'b'], ['', ''], 'a\nb'],
    [['a'], ['One.', '', 'Two.'], 'a\n\n[One. Two.]'],
    [[], ['One.'], '[One.]'],
  ])('%j with the notes %j', (lines, notes, text) => {
    expect(withNotes(lines, notes)).toBe(text);
  });

  it.each([
    [['ab', 'c'], 5, 2],
    [['ab', 'c'], 4, 1],
    [['ab', 'c'], 3, 1],
    [['ab', 'c'], 2, 0],
    [[], 0, 0],
  ])('%j fit into %i: %i', (lines, length, count) => {
    expect(countFitting(lines, length)).toBe(count);
  });

  it('are at least the beginning of the first', () => {
    const limits = { resultLength: 5 };
    expect(withinLength(['abcdefgh', 'x'], limits)).toEqual(['abcd…']);
    expect(withinLength(['abcd', 'x'], limits)).toEqual(['abcd']);
    expect(withinLength([], limits)).toEqual([]);
  });
});

describe('the text of what a tool threw', () => {
  it.each<[unknown, string]>([
    [new ToolError('No file /a/b.'), 'No file /a/b.'],
    [new ToolError(''), 'The tool failed without saying why.'],
    [new Error('It broke.'), 'The tool failed: It broke.'],
    [new Error('  '), 'The tool failed without saying why.'],
    [new Error('It broke.\n    at run (/home/me/x.js:1:2)'), 'The tool failed: It broke.'],
    ['text', 'The tool failed: text'],
    [5, 'The tool failed: 5'],
    [Object.create(null), 'The tool failed without saying why.'],
    [new Error("open '/home/my me/x.txt'"), "The tool failed: open 'x.txt'"],
    [new Error('open "C:\\Users\\me\\x.txt" and `~/a/b`'), 'The tool failed: open "x.txt" and `b`'],
    [new Error('in /home/me/x.txt, (file:///home/y.ts)'), 'The tool failed: in x.txt, (y.ts)'],
    [new Error('in \\\\server\\share\\x.txt; D:/a/b'), 'The tool failed: in x.txt; b'],
    [
      new Error('a/b and https://example.com/a and 1/2'),
      'The tool failed: a/b and https://example.com/a and 1/2',
    ],
    [new Error(`${'x'.repeat(600)}`), `The tool failed: ${'x'.repeat(499)}…`],
  ])('%#', (thrown, text) => {
    expect(thrownText(thrown)).toBe(text);
  });

  it('has its keys removed before it is shortened', () => {
    const thrown = new Error(`${'x'.repeat(490)} key-1234567890`);
    expect(thrownText(thrown, (text) => text.replace('key-1234567890', 'K'))).toMatch(/x K$/);
  });
});

describe('the output of a command', () => {
  const shown = (max: number, ...pieces: readonly string[]) => {
    const output = new CommandOutput(max);
    for (const piece of pieces) output.add(piece);
    return output.text();
  };

  it.each([
    [10, ['abcdefghij'], 'abcdefghij'],
    [10, ['abc', 'defghij'], 'abcdefghij'],
    [10, ['abcdefghijk'], 'abcde\n[… 1 characters left out …]\nghijk'],
    [10, [...'abcdefghijklmnopqrstuvwxyz'], 'abcde\n[… 16 characters left out …]\nvwxyz'],
    [100, ['  10 %\r  50 %\r 100 %\r\ndone\r\n\n'], ' 100 %\ndone'],
    [100, ['\u001b[31mred\u001b[0m\u0007'], 'red[U+0007]'],
    [100, [''], ''],
  ])('of at most %i characters keeps its beginning and end: %j', (max, pieces, text) => {
    expect(shown(max, ...pieces)).toBe(text);
  });
});

describe('a result that is fitted', () => {
  const call = { callId: 'c', name: 'n', input: {} };
  const ending = (content: string) => ({ content, isError: false, wasRun: true });
  const fitted = (content: string, max: number) =>
    fitResult(call, ending(content), { maxOutputChars: max, maxSavedBytes: 50 }, (text) =>
      text.replaceAll('secret', 'S'),
    );

  it('is unchanged up to the limit', () => {
    expect(fitted('abcde', 5)).toEqual({
      ...{ callId: 'c', name: 'n', content: 'abcde', isError: false, wasRun: true },
    });
    expect(fitted('secret', 5).content).toBe('S');
  });

  it('is kept as a whole where the model gets a part', () => {
    const { content, whole, wholeBytes } = fitted(`é${'x'.repeat(40)}`, 40);
    expect(content.length).toBeLessThanOrEqual(40);
    expect(whole).toBe(`é${'x'.repeat(40)}`);
    expect(wholeBytes).toBe(42);
    const longer = fitted('x'.repeat(60), 40);
    expect(longer.wholeBytes).toBe(60);
    expect(Buffer.byteLength(longer.whole!)).toBeLessThanOrEqual(50);
  });

  it('keeps what was decided', () => {
    const decision = { verdict: 'deny', by: { kind: 'person' } } as const;
    const limits = { maxOutputChars: 9, maxSavedBytes: 9 };
    const all = { ...ending('x'), decision, ends: true } as const;
    expect(fitResult(call, all, limits, (text) => text)).toMatchObject({ decision, ends: true });
  });
});

describe('a box of tools', () => {
  const tool = (name: string, more: Partial<Tool> = {}) =>
    ({ name, effect: 'pure', ...more }) as unknown as Tool;
  const all = [
    tool('sum'),
    tool('look', { effect: 'read' }),
    tool('fetch', { effect: 'network' }),
    tool('write', { effect: 'write' }),
    tool('run', { effect: 'execute' }),
    tool('other', { effect: 'foreign' }),
    tool('ask', { questionsIn: () => [] } as Partial<Tool>),
  ];

  it('has each name once, in a form that providers accept', () => {
    expect([...createToolBox(all).keys()]).toEqual(all.map(({ name }) => name));
    expect(() => createToolBox([tool('a'), tool('a')])).toThrow(/two tools named "a"/);
    for (const name of ['', 'a b', 'é', 'x'.repeat(65), 'a.b']) {
      expect(() => createToolBox([tool(name)])).toThrow(/1 to 64 letters/);
    }
    expect(createToolBox([tool('x'.repeat(64)), tool('A_b-9')]).size).toBe(2);
  });

  it('gives what changes nothing and asks nobody to those who name no tools', () => {
    expect(pickTools(all, undefined).map(({ name }) => name)).toEqual(['sum', 'look']);
    const unasked = [...offeredTools(all)].filter(([, { isUnasked }]) => isUnasked);
    expect(unasked.map(([name]) => name)).toEqual(['sum', 'look']);
    expect(offeredTools(all).size).toBe(all.length);
  });

  it('gives the tools that are named, once each, in order', () => {
    const picked = pickTools(all, ['run', 'sum', 'run']);
    expect(picked.map(({ name }) => name)).toEqual(['run', 'sum']);
    expect(pickTools(all, [])).toEqual([]);
    expect(() => pickTools([tool('a'), tool('b')], ['c'])).toThrow(
      'There is no tool named "c". The tools are: a, b.',
    );
  });
});

describe('the time of a tool', () => {
  const timed = (limitMs: number) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const ended = vi.fn();
    return { clock: new ToolClock(limitMs, ended), ended };
  };

  it('ends unless the tool is stopped first', () => {
    try {
      const { clock, ended } = timed(100);
      vi.advanceTimersByTime(1_000);
      expect(ended).not.toHaveBeenCalled();
      clock.start();
      vi.advanceTimersByTime(99);
      expect(ended).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(ended).toHaveBeenCalledTimes(1);
      const other = timed(100);
      other.clock.start();
      other.clock.stop();
      vi.advanceTimersByTime(1_000);
      expect(other.ended).not.toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  });

  it('stands still until all pauses are over', () => {
    try {
      const { clock, ended } = timed(100);
      clock.start();
      vi.advanceTimersByTime(60);
      const [goOn, goOnToo] = [clock.pause(), clock.pause()];
      vi.advanceTimersByTime(1_000);
      goOn();
      goOn();
      vi.advanceTimersByTime(1_000);
      expect(ended).not.toHaveBeenCalled();
      goOnToo();
      vi.advanceTimersByTime(39);
      expect(ended).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(ended).toHaveBeenCalledTimes(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('may be paused before it starts and after it was stopped', () => {
    try {
      const { clock, ended } = timed(100);
      const goOn = clock.pause();
      clock.start();
      vi.advanceTimersByTime(1_000);
      expect(ended).not.toHaveBeenCalled();
      goOn();
      vi.advanceTimersByTime(50);
      const late = clock.pause();
      clock.stop();
      late();
      vi.advanceTimersByTime(1_000);
      expect(ended).not.toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  });
});
