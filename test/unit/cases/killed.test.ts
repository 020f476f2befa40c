import { describe, expect, it, vi } from 'vitest';
import { playSaved, resumeSaved } from '../../support/faults/savedPlay.ts';
import { sides } from '../../support/faults/side.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

const httpSides = sides.filter(({ name }) => name !== 'vscode.lm');

describe.each(httpSides)('C45: a run killed at any moment ($name)', (side) => {
  const calls = [
    { id: 'functions.a:0', name: 'sum_numbers', input: { numbers: [15, 5] } },
    { id: 'call_b', name: 'multiply_numbers', input: { numbers: [20, 2] } },
  ];
  const answerTo = (body: string) =>
    /"(tool_result|function_call_output)"/.test(body)
      ? side.turn({ text: 'The answer is 40.' })
      : side.turn({ thinking: 'First.', text: 'I add.', calls });

  it('resumes with a valid history and repeats no complete turn (C38: with the same ids)', async () => {
    const play = await playSaved(side, answerTo);
    const whole = play.requests.at(-1)!.body;
    const count = play.kept.records.length;
    let resumed = 0;
    for (let line = 2; line < count - 1; line++) {
      const again = await resumeSaved(side, answerTo, play, line);
      expect(again.conversation).toMatchObject({ status: 'done', answer: 'The answer is 40.' });
      for (const { problems } of again.requests) expect(problems).toEqual([]);
      const hasTurn = play.kept.records
        .slice(0, line)
        .some(({ record }) => record.kind === 'event' && record.event.type === 'turn.finished');
      expect(again.requests.length).toBeLessThanOrEqual(hasTurn ? 1 : 2);
      if (again.requests.length > 0) expect(again.requests.at(-1)!.body).toBe(whole);
      resumed++;
    }
    expect(resumed).toBeGreaterThan(4);
  });
});
