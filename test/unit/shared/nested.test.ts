import { describe, expect, it } from 'vitest';
import type { ToolCall } from '../../../src/core/providers/message.ts';
import type { ConversationStep } from '../../../src/shared/conversationEvents.ts';
import {
  answererOf,
  askedAt,
  canContinue,
  hasOtherAgents,
  ownTimeMs,
} from '../../../src/shared/conversationState.ts';
import type { FinishReason } from '../../../src/shared/outcome.ts';
import { callsForUser, needsAnswer } from '../../../src/shared/question.ts';
import { RunScript, tokens } from '../../support/panel/runScript.ts';

const price = { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 };
const by = { agent: 'worker', provider: 'openai', model: 'n', price };
const started: ConversationStep = { type: 'turn.started', turn: 1, attempt: 1 };
const answered: ConversationStep = {
  ...{ type: 'turn.finished', turn: 1, text: 'x', toolCalls: [], usage: tokens(100, 10) },
};
const asks = (callId = 'c', more: object = {}): ConversationStep => ({
  ...{ type: 'agent.asked', turn: 1, callId, by, prompt: 'Why?' },
  ...more,
});
const ends = (status: string, reason: string) =>
  ({ type: 'conversation.finished', status, reason, answer: '' }) as ConversationStep;

/** The only conversation of a run after these steps, one each second. */
function afterSteps(...steps: readonly ConversationStep[]) {
  const script = new RunScript({ prompts: [{ name: 'A' }] });
  for (const [index, step] of steps.entries()) script.at(index * 1_000).steps(0, step);
  return { state: script.state().conversations[0]!, run: script.state() };
}

describe('a conversation that another agent has with it', () => {
  it('begins queued, with who answers and what it is asked', () => {
    const { state } = afterSteps(started, answered, asks());
    const nested = askedAt(state, ['1 c'])!;
    expect(nested).toMatchObject({
      ...{ id: state.id, name: 'worker', prompt: 'Why?', provider: 'openai', model: 'n', price },
      ...{ agentName: 'worker', phase: 'queued', index: 0 },
    });
    expect(answererOf(nested)).toEqual(by);
    const { agent: _, price: __, ...bare } = by;
    const plain = askedAt(afterSteps(asks('c', { by: bare })).state, ['1 c'])!;
    expect(plain.name).toBe('');
    expect(plain).not.toHaveProperty('agentName');
    expect(plain).not.toHaveProperty('price');
    expect(askedAt(state, ['1 x'])).toBeUndefined();
    expect(askedAt(state, ['1 c', '1 c'])).toBeUndefined();
    expect(askedAt(state)).toBe(state);
  });

  it('counts with its requests, usage and cost for the one around it', () => {
    const within = ['1 c'];
    const { state, run } = afterSteps(
      started,
      answered,
      asks(),
      { ...started, within },
      { ...answered, within },
    );
    const nested = askedAt(state, within)!;
    expect([state.attempts, nested.attempts]).toEqual([2, 1]);
    expect(state.usage).toEqual(tokens(200, 20));
    expect(nested.usage).toEqual(tokens(100, 10));
    expect(nested.cost.knownCostUsd).toBeCloseTo(120 / 1e6);
    expect(state.cost.knownCostUsd).toBeCloseTo((100 * 4 + 10 * 20 + 120) / 1e6);
    expect(run.knownCostUsd).toBeCloseTo(state.cost.knownCostUsd);
    // Its own turns are not those of the one around it.
    expect(state.turns).toHaveLength(1);
  });

  it('makes it wait and go on', () => {
    const within = ['1 c'];
    const waits: ConversationStep = { type: 'conversation.waiting', reason: 'slot', within };
    const before = [started, answered, asks(), { ...started, within }, waits] as const;
    expect(afterSteps(...before).state.phase).toBe('waiting');
    const { state } = afterSteps(...before, { ...started, attempt: 2, within });
    expect([state.phase, state.waitedMs]).toEqual(['running', 1_000]);
    const more = afterSteps(...before, { ...answered, within });
    expect(more.state.phase).toBe('waiting');
  });

  it('changes nothing when it is not known, or when the one around it has ended', () => {
    const known = afterSteps(started, asks());
    const unknown = afterSteps(started, asks(), { ...started, within: ['1 x'] });
    expect(unknown.state).toEqual(known.state);
    const late = [started, asks(), ends('cancelled', 'cancelled')] as const;
    expect(afterSteps(...late, { ...started, within: ['1 c'] }).state).toEqual(
      afterSteps(...late).state,
    );
  });

  it('is the last one of two calls with the same id', () => {
    const { state } = afterSteps(asks(), asks('c', { prompt: 'Again?' }), {
      ...started,
      within: ['1 c'],
    });
    expect(state.asked?.map(({ state: one }) => [one.prompt, one.attempts])).toEqual([
      ['Why?', 0],
      ['Again?', 1],
    ]);
  });
});

describe('the calls that wait for the user', () => {
  const calls = [{ callId: 'w', name: 'write_file', input: {} }];
  const questions = [{ callId: 'q', name: 'ask_user', input: {} }];
  const asking = (toolCalls: readonly ToolCall[], within?: readonly string[]) => {
    const nested = within === undefined ? {} : { within };
    const [{ callId, name } = { callId: '', name: '' }] = toolCalls;
    return [
      { ...started, ...nested },
      { ...answered, toolCalls, ...nested },
      { type: 'tool.waiting', turn: 1, callId, name, ...nested },
    ] as ConversationStep[];
  };

  it('are its own and those of the conversations that its agents have with others', () => {
    const { state } = afterSteps(...asking(calls), asks(), ...asking(questions, ['1 c']));
    expect(callsForUser(state).map(({ name }) => name)).toEqual(['write_file', 'ask_user']);
    expect(needsAnswer(state)).toBe(false);
    expect(callsForUser(afterSteps(started).state)).toEqual([]);
  });

  it('are all questions where only an answer is needed', () => {
    expect(needsAnswer(afterSteps(...asking(questions)).state)).toBe(true);
    expect(needsAnswer(afterSteps(...asking(calls)).state)).toBe(false);
    expect(needsAnswer(afterSteps(started).state)).toBe(false);
  });

  it('are none when the conversation has ended', () => {
    const { state } = afterSteps(...asking(calls), ends('cancelled', 'cancelled'));
    expect(callsForUser(state)).toEqual([]);
  });
});

describe('other agents', () => {
  it('have taken part when it was handed over, or when one was asked', () => {
    const changed: ConversationStep = { type: 'agent.changed', turn: 1, callId: 'c', to: by };
    expect(hasOtherAgents(afterSteps(started).state)).toBe(false);
    expect(hasOtherAgents(afterSteps(started, asks()).state)).toBe(true);
    expect(hasOtherAgents(afterSteps(started, changed).state)).toBe(true);
    expect(answererOf(afterSteps(started, changed).state)).toEqual(by);
  });
});

describe('a conversation that ended early', () => {
  const continued: readonly [string, FinishReason, boolean, boolean][] = [
    ['done', 'final', false, false],
    ['cancelled', 'cancelled', false, true],
    ['cancelled', 'interrupted', false, true],
    ['failed', 'network', false, true],
    ['failed', 'internal', false, false],
    ['stopped', 'max_tokens', false, true],
    ['stopped', 'max_wait', false, true],
    ['stopped', 'denied', false, true],
    ['stopped', 'needs_approval', false, true],
    ['stopped', 'max_turns', false, true],
    ['stopped', 'loop', false, true],
    ['stopped', 'refused', false, false],
    ['stopped', 'context_full', false, false],
    // Such a limit may stop it before its first turn.
    ['stopped', 'budget', true, true],
    ['stopped', 'timeout', true, true],
    ['stopped', 'max_run_turns', true, true],
    ['stopped', 'max_run_time', true, true],
  ];

  it.each(continued)(
    'as %s (%s) can go on without a turn: %s, with one: %s',
    (status, reason, without, withOne) => {
      expect(canContinue(afterSteps(started, ends(status, reason)).state)).toBe(without);
      expect(canContinue(afterSteps(started, answered, ends(status, reason)).state)).toBe(withOne);
    },
  );

  it('cannot while it runs', () => {
    expect(canContinue(afterSteps(started, answered).state)).toBe(false);
  });
});

describe('the own time of a conversation', () => {
  const wait = (reason: 'slot' | 'retry'): ConversationStep => ({
    type: 'conversation.waiting',
    reason,
  });

  it('leaves out waits for others, also one that goes on', () => {
    const { state } = afterSteps(started, wait('slot'), { ...started, attempt: 2 });
    expect(ownTimeMs(state, 5_000)).toBe(4_000);
    expect(ownTimeMs(afterSteps(started, wait('slot')).state, 5_000)).toBe(1_000);
    expect(ownTimeMs(afterSteps(started, wait('retry')).state, 5_000)).toBe(5_000);
    expect(ownTimeMs(afterSteps(wait('slot')).state, 5_000)).toBe(0);
    expect(ownTimeMs(afterSteps(started, ends('done', 'final')).state, 5_000)).toBe(1_000);
  });
});
