import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../src/core/agent/agentSpec.ts';
import { LoopGuard } from '../../../../src/core/agent/loopGuard.ts';

const call = (name: string, input: unknown = {}) => ({ callId: 'x', name, input });

/** The guard's verdicts for a sequence of calls, one letter per call. */
function verdicts(letters: string): string[] {
  const guard = new LoopGuard(defaultLimits);
  return [...letters].map((letter) => guard.add([call(letter)]));
}

describe('the loop guard', () => {
  it('warns at the third identical call and stops at the fifth', () => {
    expect(verdicts('aaaaa')).toEqual(['none', 'none', 'noticed', 'noticed', 'stop']);
  });

  it('recognises alternating calls, however long the pattern', () => {
    expect(verdicts('ababababab').at(-1)).toBe('stop');
    expect(verdicts('abcdabcdabcdabcdabcd').at(-1)).toBe('stop');
  });

  it('starts over after a different call', () => {
    expect(verdicts('aaaabaaaa')).not.toContain('stop');
  });

  it('distinguishes calls with different input', () => {
    const guard = new LoopGuard(defaultLimits);
    const verdictsSoFar = [1, 2, 3, 4, 5, 6].map((number) => guard.add([call('sum', { number })]));
    expect(new Set(verdictsSoFar)).toEqual(new Set(['none']));
  });

  it('never stops a conversation whose calls all differ', () => {
    const names = fc.uniqueArray(fc.string(), { maxLength: 60 });
    fc.assert(
      fc.property(names, (distinct) => {
        const guard = new LoopGuard(defaultLimits);
        for (const name of distinct) expect(guard.add([call(name)])).toBe('none');
      }),
    );
  });
});

describe('identical calls in one turn', () => {
  it('count once: the model has not seen their result', () => {
    const guard = new LoopGuard(defaultLimits);
    const five = Array.from({ length: 5 }, () => call('search'));
    expect(guard.add(five)).toBe('none');
    expect([1, 2, 3, 4].map(() => guard.add(five))).toEqual(['none', 'noticed', 'noticed', 'stop']);
  });
});
