import { describe, expect, test } from 'vitest';
import type { QuestionAnswer } from '../../../../../src/core/approvals/inbox/approvalRequest.ts';
import type { ToolCall } from '../../../../../src/core/providers/message.ts';
import { createAskUserTool } from '../../../../../src/core/tools/questions/askUserTool.ts';
import { pickTools } from '../../../../../src/core/tools/toolBox.ts';
import type { AskingRunOptions } from '../../../../support/approvals/askingRuns.ts';
import {
  AskingTools,
  command,
  idsOf,
  question,
  startAsking,
} from '../../../../support/approvals/askingRuns.ts';
import { runTool } from '../toolFixtures.ts';

const colour = { question: 'Which colour?', choices: ['red', 'green'] };
const size = { question: 'Which size?' };
const sides = { question: 'Which sides?', choices: ['rice', 'salad', 'soup'], multiple: true };

/** A run whose conversations make these calls. */
function start(calls: readonly ToolCall[], options: AskingRunOptions = {}) {
  return startAsking(calls, options);
}

/** What the model was told of a call: of this one, or of the question. */
function toldOf(events: ReturnType<typeof start>['events'], id?: string) {
  return events.flatMap((event) => {
    if (event.type !== 'tool.finished') return [];
    return (id === undefined ? event.name === 'ask_user' : event.callId === id) ? [event] : [];
  })[0];
}

describe('a question of which several choices may be taken', () => {
  async function answered(
    answers: readonly QuestionAnswer[],
    questions: readonly object[] = [sides],
  ) {
    const { run, inbox, events } = start([question(...questions)]);
    await expect.poll(() => inbox.size).toBe(1);
    const [request] = inbox.requests();
    const result = await inbox.decide({ kind: 'answer', requests: idsOf(inbox), answers });
    if (result.settled.length === 0) run.cancel();
    await run.ended();
    return { result, request, told: toldOf(events)?.output };
  }

  test('says so to the user, and tells the model each of them', async () => {
    const { request, told } = await answered([['rice', 'soup']]);
    expect(request?.questions).toEqual([sides]);
    expect(told).toBe('- rice\n- soup');
  });

  test('has a line for each beside other questions', async () => {
    const { told } = await answered([['salad', 'olives'], 'L', 'one'], [sides, size, sides]);
    expect(told).toBe(
      'Which sides?\n=> salad\n=> olives\n\nWhich size?\n=> L\n\nWhich sides?\n=> one',
    );
  });

  test('may be answered with none, which is no silence', async () => {
    expect((await answered([[]])).told).toBe('- (none of the choices)');
    expect((await answered([[], ' '], [sides, size])).told).toBe(
      'Which sides?\n=> (none of the choices)\n\nWhich size?\n=> (no answer)',
    );
  });

  test.each([
    ['several answers to a question for one', [['red', 'green']], [colour]],
    ['too many answers', [Array.from({ length: 60 }, () => 'rice')], [sides]],
    ['answers that are too long together', [['x'.repeat(9_000), 'y'.repeat(9_000)]], [sides]],
  ])('refuses %s', async (_what, answers, questions) => {
    const { result, told } = await answered(answers, questions);
    expect(result).toMatchObject({ settled: [], refused: [{ why: 'unfit' }] });
    expect(told).toBe('Not run: the conversation was ended.');
  });

  test('needs choices', async () => {
    const { run, inbox, events } = start([question({ question: 'Which?', multiple: true })]);
    await run.ended();
    expect(inbox.size).toBe(0);
    expect(toldOf(events)).toMatchObject({
      output: expect.stringContaining('multiple: needs choices'),
    });
  });

  test('is one for a single answer where it says so', async () => {
    const { run, inbox } = start([question({ ...colour, multiple: false })]);
    await expect.poll(() => inbox.size).toBe(1);
    expect(inbox.requests()[0]?.questions).toEqual([colour]);
    run.cancel();
    await run.ended();
  });
});

describe('a question', () => {
  test('waits for its answer, which the model is told', async () => {
    const { run, inbox, events } = start([question(colour)]);
    await expect.poll(() => inbox.size).toBe(1);
    expect(inbox.requests()[0]).toMatchObject({
      questions: [colour],
      asked: { verdict: 'ask', by: { why: 'The model asks a question.' } },
    });
    const result = await inbox.decide({
      kind: 'answer',
      requests: idsOf(inbox),
      answers: ['green'],
    });
    expect(result.settled).toHaveLength(1);
    await run.ended();
    expect(toldOf(events)).toMatchObject({ output: 'green', isError: false });
  });

  test('with several parts gets an answer to each', async () => {
    const { run, inbox, events } = start([question(colour, size)]);
    await expect.poll(() => inbox.size).toBe(1);
    await inbox.decide({ kind: 'answer', requests: idsOf(inbox), answers: ['blue', ' '] });
    await run.ended();
    expect(toldOf(events)?.output).toBe('Which colour?\n=> blue\n\nWhich size?\n=> (no answer)');
  });

  test('of several conversations is answered once for all', async () => {
    const { run, inbox } = start([question(size)], { prompts: ['a', 'b', 'c'] });
    await expect.poll(() => inbox.size).toBe(3);
    expect(inbox.groups()).toHaveLength(1);
    const { settled } = await inbox.decide({
      kind: 'answer',
      requests: idsOf(inbox),
      answers: ['L'],
    });
    expect(settled).toHaveLength(3);
    await run.ended();
  });

  test('is answered even where a rule allows its tool, and denied where one denies it', async () => {
    const { inbox, run } = start([question(size)], { rules: 'allow ask_user' });
    await expect.poll(() => inbox.size).toBe(1);
    inbox.recheck();
    expect(inbox.size).toBe(1);
    run.cancel();
    await run.ended();
    const denied = start([question(size)], { rules: 'deny ask_user' });
    await denied.run.ended();
    expect(denied.inbox.size).toBe(0);
  });

  test.each([
    ['allowed', (id: string) => ({ kind: 'allow', requests: [id] }) as const],
    [
      'changed',
      (id: string) => ({ kind: 'change', request: id, input: { questions: [size] } }) as const,
    ],
    [
      'a rule',
      (id: string) => ({ kind: 'rule', request: id, form: 'exact', scope: 'run' }) as const,
    ],
    [
      'answered in part',
      (id: string) => ({ kind: 'answer', requests: [id], answers: ['a'] }) as const,
    ],
    [
      'answered without end',
      (id: string) =>
        ({ kind: 'answer', requests: [id], answers: ['a', 'x'.repeat(20_000)] }) as const,
    ],
  ])('is not settled by being %s', async (_name, decisionOn) => {
    const { run, inbox } = start([question(colour, size)]);
    await expect.poll(() => inbox.size).toBe(1);
    const [id = ''] = idsOf(inbox);
    const { settled, refused } = await inbox.decide(decisionOn(id));
    expect(settled).toEqual([]);
    expect(refused).toMatchObject([{ id, why: 'unfit' }]);
    expect(inbox.size).toBe(1);
    run.cancel();
    await run.ended();
  });

  test('that is denied gives the model the reason', async () => {
    const { run, inbox, events } = start([question(size)]);
    await expect.poll(() => inbox.size).toBe(1);
    await inbox.decide({ kind: 'deny', requests: idsOf(inbox), reason: 'Decide yourself.' });
    await run.ended();
    expect(toldOf(events)).toMatchObject({ output: expect.stringContaining('Decide yourself.') });
  });

  test('is answered at once where nobody is there: no one', async () => {
    const { run, inbox, events } = start([question(size)], { isUnattended: true });
    await run.ended();
    expect(inbox.size).toBe(0);
    expect(toldOf(events)).toMatchObject({
      output: expect.stringContaining('Nobody is there to answer'),
      isError: true,
    });
  });

  test('cannot bring its own answer', async () => {
    const input = { questions: [size], answers: ['mine'] };
    const { run, inbox, events } = start([{ callId: 'q', name: 'ask_user', input }]);
    await run.ended();
    expect(inbox.size).toBe(0);
    expect(toldOf(events)).toMatchObject({ isError: true });
  });

  test('gets no answer where no gate is', async () => {
    const { isError } = await runTool([createAskUserTool()], 'ask_user', { questions: [size] });
    expect(isError).toBe(true);
  });
});

test('an answer settles no call that does something', async () => {
  const { run, inbox, tools } = start([command('npm test')]);
  await expect.poll(() => inbox.size).toBe(1);
  const { settled, refused } = await inbox.decide({
    ...{ kind: 'answer', requests: idsOf(inbox), answers: ['yes'] },
  });
  expect(settled).toEqual([]);
  expect(refused).toMatchObject([{ why: 'unfit' }]);
  expect(tools.ran).toEqual([]);
  run.cancel();
  await run.ended();
});

test('conversations ask only where the tool is named', () => {
  const tools = new AskingTools().all;
  expect(pickTools(tools, undefined).map(({ name }) => name)).toEqual(['sum_numbers']);
  expect(pickTools(tools, ['ask_user']).map(({ name }) => name)).toEqual(['ask_user']);
});
