import { describe, expect, it } from 'vitest';
import { commonWait } from '../../../../media/state/waitGroups.ts';
import { groupWaitText } from '../../../../media/text/waits.ts';
import type { WaitReason } from '../../../../src/shared/wait.ts';
import { RunScript } from '../../../support/panel/runScript.ts';

function waiting(...waits: readonly (readonly [WaitReason, number?])[]) {
  const script = new RunScript({ prompts: waits.map((_, index) => ({ name: `p${index}` })) });
  waits.forEach(([reason, untilMs], index) => {
    const until = untilMs === undefined ? {} : { untilMs };
    script.steps(index, { type: 'conversation.waiting', reason, ...until });
  });
  return script.state().conversations;
}

describe('what most conversations wait for', () => {
  it('is the most frequent reason, with the time until the next of them continues', () => {
    const conversations = waiting(
      ['rate_limit', 9000],
      ['retry', 2000],
      ['rate_limit', 7000],
      ['slot'],
      ['rate_limit'],
    );
    const group = commonWait(conversations, 1000);
    expect(group).toEqual({ reason: 'rate_limit', count: 3, untilMs: 7000 });
    expect(groupWaitText(group!, 1000)).toBe('3 waiting for the rate limit, 6 s');
  });

  it('is what delays the conversation that fills the prompt cache, for those that wait for it', () => {
    const conversations = waiting(['rate_limit', 9000], ['warm_up'], ['warm_up'], ['slot']);
    const group = commonWait(conversations, 1000);
    expect(groupWaitText(group!, 1000)).toBe('3 waiting for the rate limit, 8 s');
    expect(commonWait(waiting(['slot'], ['warm_up'], ['warm_up']), 0)?.reason).toBe('warm_up');
  });

  it('leaves out times that have passed', () => {
    const conversations = waiting(['rate_limit', 500], ['rate_limit', 900]);
    const group = commonWait(conversations, 1000);
    expect(groupWaitText(group!, 1000)).toBe('2 waiting for the rate limit');
    expect(commonWait(waiting(['retry', 500], ['retry', 1900]), 1000)?.untilMs).toBe(1900);
  });

  it('is nothing when only single ones wait, or when the run is paused', () => {
    expect(commonWait(waiting(['rate_limit'], ['retry'], ['warm_up']), 0)).toBeUndefined();
    expect(commonWait(waiting(['blocked'], ['blocked']), 0)).toBeUndefined();
    expect(commonWait([], 0)).toBeUndefined();
  });

  it('does not count conversations that have continued', () => {
    const script = new RunScript({ prompts: [{ name: 'a' }, { name: 'b' }] });
    for (const index of [0, 1]) {
      script.steps(index, { type: 'conversation.waiting', reason: 'warm_up' });
    }
    expect(commonWait(script.state().conversations, 0)?.count).toBe(2);
    script.steps(
      0,
      { type: 'conversation.started' },
      { type: 'turn.started', turn: 1, attempt: 1 },
    );
    expect(commonWait(script.state().conversations, 0)).toBeUndefined();
  });
});
