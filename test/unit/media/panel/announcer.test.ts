import { describe, expect, it } from 'vitest';
import { Announcer } from '../../../../media/panel/announcer.ts';
import { RunScript } from '../../../support/panel/runScript.ts';

const started = [
  { type: 'conversation.started' },
  { type: 'turn.started', turn: 1, attempt: 1 },
] as const;

const done = {
  type: 'conversation.finished',
  status: 'done',
  reason: 'final',
  answer: 'The answer.',
} as const;

/** All announcements of a script in order, drawn once an event. */
function spoken(script: RunScript, msBetween: number): readonly string[] {
  const announcer = new Announcer();
  const said: string[] = [];
  for (let count = 0; count <= script.events.length; count++) {
    const text = announcer.textFor(script.state(count), count * msBetween);
    if (text !== '' && text !== said.at(-1)) said.push(text);
  }
  return said;
}

describe('C77: the announcement of a run to screen readers', () => {
  it('ignores deltas', () => {
    const script = new RunScript({ prompts: [{ name: 'A' }, { name: 'B' }] });
    script.steps(0, ...started).steps(1, ...started);
    for (let piece = 0; piece < 500; piece++) {
      script.steps(piece % 2, { type: 'turn.delta', turn: 1, text: 'word ' });
    }
    expect(spoken(script, 100)).toEqual([]);
  });

  it('counts finished and failed conversations, throttled, and the end of the run immediately', () => {
    const prompts = Array.from({ length: 100 }, (_, index) => ({ name: `P${index}` }));
    const script = new RunScript({ prompts });
    for (let index = 0; index < 100; index++) {
      script.at(index * 10).steps(index, ...started, done);
    }
    // All within three seconds: only the first and the last are announced.
    const said = spoken(script.finish(), 10);
    expect(said.at(0)).toBe('1 of 100 finished');
    expect(said.at(-1)).toBe('Run finished. 100 of 100 finished');
    expect(said.length).toBeLessThanOrEqual(4);
  });

  it('names what failed', () => {
    const script = new RunScript({ prompts: [{ name: 'A' }, { name: 'B' }] });
    script.steps(0, ...started, {
      ...done,
      status: 'failed',
      reason: 'network',
      error: { kind: 'network', message: 'No way.', attempts: 1 },
    });
    expect(spoken(script, 5000)).toEqual(['1 of 2 finished, 1 failed']);
  });
});
