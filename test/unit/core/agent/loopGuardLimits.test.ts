import { describe, expect, it } from 'vitest';
import { LoopGuard } from '../../../../src/core/agent/loopGuard.ts';

/** The guard's verdict for the last of these calls, one letter a call. */
function lastVerdict(letters: string, repeatsNoted: number, repeatsStopped: number) {
  const guard = new LoopGuard({ repeatsNoted, repeatsStopped });
  return [...letters].map((name) => guard.add([{ callId: 'x', name, input: {} }])).at(-1);
}

describe('limits on repeated calls', () => {
  it.each([
    ['aa', 2, 3, 'noticed'],
    ['aaa', 2, 3, 'stop'],
    ['aa', 3, 2, 'stop'],
    ['abab', 2, 3, 'noticed'],
    ['ababa', 2, 3, 'noticed'],
    ['ababab', 2, 3, 'stop'],
    ['abcabc', 2, 3, 'noticed'],
    ['abcdabc', 2, 3, 'none'],
    ['abcdabcd', 2, 3, 'noticed'],
    // Longer cycles are not detected.
    ['abcdeabcdeabcde', 2, 3, 'none'],
    ['xyzabcdabcdabcd', 2, 3, 'stop'],
  ])('%s with %i and %i: %s', (letters, noted, stopped, verdict) => {
    expect(lastVerdict(letters, noted, stopped)).toBe(verdict);
  });

  it('report the worst of the calls of one turn', () => {
    const guard = new LoopGuard({ repeatsNoted: 2, repeatsStopped: 3 });
    const call = (name: string) => ({ callId: 'x', name, input: {} });
    guard.add([call('a')]);
    expect(guard.add([call('a'), call('b')])).toBe('noticed');
  });
});
