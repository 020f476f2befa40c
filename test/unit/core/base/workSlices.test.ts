import { describe, expect, it } from 'vitest';
import { WorkSlices } from '../../../../src/core/base/workSlices.ts';

/** Slices on a clock that only work moves, and what happened in which order. */
function slicesOf(budgetMs: number) {
  const log: string[] = [];
  let nowMs = 0;
  const slices = new WorkSlices({ budgetMs, now: () => nowMs });
  const work = (name: string, ms: number) => (): void => {
    log.push(name);
    nowMs += ms;
  };
  const spend = (ms: number): void => {
    nowMs += ms;
  };
  return { log, slices, work, spend };
}

const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('work slices', () => {
  it('run work at once while there is time', () => {
    const { log, slices, work } = slicesOf(5);
    slices.run(work('a', 2));
    slices.run(work('b', 2));
    expect(log).toEqual(['a', 'b']);
  });

  it('keep the rest for later turns, a budget in each, in order', async () => {
    const { log, slices, work } = slicesOf(5);
    for (const name of 'abcdef') slices.run(work(name, 3));
    expect(log.join('')).toBe('ab');
    await turnOfLoop();
    expect(log.join('')).toBe('abcd');
    await turnOfLoop();
    expect(log.join('')).toBe('abcdef');
  });

  it('do at least one piece in each turn, however long it takes', async () => {
    const { log, slices, work } = slicesOf(0);
    for (const name of 'abc') slices.run(work(name, 100));
    await turnOfLoop();
    await turnOfLoop();
    expect(log.join('')).toBe('abc');
  });

  it('count what the work has settled', async () => {
    const { log, slices, spend } = slicesOf(5);
    const settling = (name: string) => (): void => {
      void Promise.resolve().then(() => {
        log.push(name);
        spend(10);
      });
    };
    for (const name of 'ab') slices.run(settling(name));
    await Promise.resolve();
    for (const name of 'cd') slices.run(settling(name));
    // Both were begun before any time had passed.
    expect(log.join('')).toBe('ab');
    await turnOfLoop();
    expect(log.join('')).toBe('abc');
    await turnOfLoop();
    expect(log.join('')).toBe('abcd');
  });

  it('let no new work overtake what waits', async () => {
    const { log, slices, work } = slicesOf(5);
    slices.run(work('a', 6));
    slices.run(work('b', 1));
    await turnOfLoop();
    slices.run(work('c', 1));
    expect(log.join('')).toBe('abc');
  });

  it('say when work waits', () => {
    const { log, slices, work } = slicesOf(5);
    slices.run(work('a', 6), () => log.push('a waits'));
    slices.run(work('b', 1), () => log.push('b waits'));
    expect(log).toEqual(['a', 'b waits']);
  });

  it('let many go on one after another, as far as this turn has time for what each does', async () => {
    const { log, slices, spend } = slicesOf(5);
    const goOn = async (name: string): Promise<void> => {
      await slices.turn();
      await Promise.resolve();
      log.push(name);
      spend(3);
    };
    setImmediate(() => log.push('|'));
    for (const name of 'abcd') void goOn(name);
    await turnOfLoop();
    await turnOfLoop();
    expect(log.join('')).toBe('ab|cd');
  });

  it('let nothing wait when this turn has time', async () => {
    const { log, slices } = slicesOf(5);
    setImmediate(() => log.push('later turn'));
    await slices.turn();
    await slices.turn();
    log.push('went on');
    await turnOfLoop();
    expect(log).toEqual(['went on', 'later turn']);
  });
});
