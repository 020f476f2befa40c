import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../src/core/agent/agentSpec.ts';
import type { ToolCall } from '../../../../src/core/providers/message.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { record, type TestAgentOptions, testAgent, testRun } from '../../../support/runs.ts';
import { type Reply, ScriptedProvider } from '../../../support/scriptedProvider.ts';

const sum = (turn: number): ToolCall => ({
  ...{ callId: `s${turn}`, name: 'sum_numbers', input: { numbers: [turn] } },
});
const unknown = (turn: number): ToolCall => ({
  callId: `u${turn}`,
  name: `tool_${turn}`,
  input: {},
});

/** Runs one conversation, and returns its result and what was sent. */
async function play(
  script: (turn: number) => Reply,
  options: TestAgentOptions = {},
  run: Parameters<typeof testRun>[2] = {},
) {
  const provider = new ScriptedProvider((_, turn) => script(turn));
  const made = testRun(testAgent(provider, options), ['question'], run);
  const events = record(made);
  made.start();
  const result = await made.ended();
  const sent = provider.requests.map(({ messages, toolChoice }) => ({
    last: messages.at(-1),
    toolChoice,
  }));
  return { ending: result.conversations[0]!, sent, events };
}

const limits = (changes: Partial<typeof defaultLimits>) => ({
  limits: { ...defaultLimits, ...changes },
});

describe('calls that are all rejected', () => {
  it('end the conversation with the fourth turn in a row, later with a higher limit', async () => {
    const { ending, sent } = await play((turn) => ({ calls: [unknown(turn)] }));
    expect(ending).toMatchObject({ status: 'stopped', reason: 'loop', turns: 4 });
    expect(sent).toHaveLength(4);
    const raised = await play(
      (turn) => ({ calls: [unknown(turn)] }),
      limits({ repeatsStopped: 9 }),
    );
    expect(raised.ending).toMatchObject({ status: 'stopped', reason: 'loop', turns: 8 });
  });

  it('do not when one call of a turn runs', async () => {
    const { ending } = await play((turn) =>
      turn < 7 ? { calls: [unknown(turn), sum(turn)] } : { text: 'done' },
    );
    expect(ending).toMatchObject({ status: 'done', turns: 7 });
  });

  it('count from anew after a turn with a call that runs', async () => {
    const { ending } = await play((turn) => {
      if (turn === 8) return { text: 'done' };
      return { calls: [turn === 4 ? sum(turn) : unknown(turn)] };
    });
    expect(ending).toMatchObject({ status: 'done', turns: 8 });
  });
});

describe('calls that are repeated', () => {
  it('get a note first, and then end the conversation without being run', async () => {
    const { ending, sent } = await play(
      (turn) => ({ calls: [{ ...sum(1), callId: `c${turn}` }] }),
      limits({ repeatsNoted: 2, repeatsStopped: 3 }),
    );
    expect(ending).toMatchObject({ status: 'stopped', reason: 'loop', turns: 3 });
    const notes = sent.map(({ last }) => /made this same call/.test(JSON.stringify(last)));
    expect(notes).toEqual([false, false, true]);
    expect(ending.toolCalls.map(({ state }) => state)).toEqual(['ended', 'ended', 'asked']);
  });
});

describe('the max of tool calls', () => {
  it.each([
    [2, 'done', 2],
    [1, 'stopped', 0],
  ] as const)('of %i with two calls in one turn: %s', async (maxToolCalls, status, ran) => {
    const { ending } = await play(
      (turn) => (turn === 1 ? { calls: [sum(1), sum(2)] } : { text: 'done' }),
      limits({ maxToolCalls }),
    );
    expect(ending.status).toBe(status);
    if (status === 'stopped') expect(ending.reason).toBe('max_tool_calls');
    expect(ending.toolCalls.filter(({ state }) => state === 'ended')).toHaveLength(ran);
  });

  it('of the run ends the conversation whose calls exceed it', async () => {
    const script = (turn: number): Reply => (turn < 4 ? { calls: [sum(turn)] } : { text: 'done' });
    const stopped = await play(script, {}, { maxRunToolCalls: 2 });
    expect(stopped.ending).toMatchObject({ status: 'stopped', reason: 'max_run_tool_calls' });
    expect(stopped.ending.toolCalls.filter(({ state }) => state === 'ended')).toHaveLength(2);
    expect((await play(script, {}, { maxRunToolCalls: 3 })).ending.status).toBe('done');
  });
});

describe('the max of turns', () => {
  it('lets the model answer once more without its calls, which are not run', async () => {
    const { ending, sent } = await play(
      (turn) =>
        turn < 3 ? { text: `t${turn}`, calls: [sum(turn)] } : { text: 'from what I have' },
      limits({ maxTurns: 2 }),
    );
    expect(ending).toMatchObject({
      status: 'stopped',
      reason: 'max_turns',
      answer: 'from what I have',
    });
    expect(sent.map(({ toolChoice }) => toolChoice)).toEqual([undefined, undefined, 'none']);
    expect(JSON.stringify(sent[2]?.last)).toContain('may have no more turns');
  });

  it('does not ask again when the model calls tools all the same', async () => {
    const { ending, sent } = await play(
      (turn) => ({ calls: [sum(turn)] }),
      limits({ maxTurns: 2 }),
    );
    expect(ending).toMatchObject({ status: 'stopped', reason: 'max_turns' });
    expect(sent).toHaveLength(3);
  });

  it('ends an answer that the provider paused', async () => {
    const { ending, sent } = await play(
      () => ({ text: 'x', stop: 'continue' }),
      limits({ maxTurns: 2 }),
    );
    expect(ending).toMatchObject({ status: 'stopped', reason: 'max_turns', answer: 'xx' });
    expect(sent).toHaveLength(2);
  });
});

describe('a turn that the provider pauses', () => {
  it('is continued five times in a row, and counts from anew after another turn', async () => {
    const endless = await play(() => ({ text: 'x', stop: 'continue' }));
    expect(endless.ending).toMatchObject({ status: 'stopped', reason: 'loop', turns: 6 });
    const raised = await play(
      () => ({ text: 'x', stop: 'continue' }),
      limits({ repeatsStopped: 8 }),
    );
    expect(raised.ending).toMatchObject({ status: 'stopped', reason: 'loop', turns: 9 });
    const broken = await play((turn) => {
      if (turn === 11) return { text: 'done' };
      return turn === 5 ? { calls: [sum(turn)] } : { text: 'x', stop: 'continue' };
    });
    expect(broken.ending).toMatchObject({ status: 'done', turns: 11 });
  });
});

describe('a request that fails', () => {
  it.each([
    ['content_filter', undefined, 'stopped', 'refused'],
    ['context_length_exceeded', undefined, 'stopped', 'context_full'],
    [undefined, 413, 'stopped', 'context_full'],
    ['other', 400, 'failed', 'invalid_request'],
  ] as const)('with %s (%s): %s', async (code, httpStatus, status, reason) => {
    const failure = new ProviderError('No.', { kind: 'invalid_request', code, httpStatus });
    const { ending } = await play(() => failure);
    expect(ending).toMatchObject({ status, reason, error: { message: 'No.' } });
  });

  it('is made again with a shorter history, once', async () => {
    const full = new ProviderError('Too long.', {
      ...{ kind: 'invalid_request', code: 'context_length_exceeded' },
    });
    let failures = 0;
    const { ending, sent } = await play((turn) => {
      if (turn < 5) return { calls: [sum(turn)] };
      return failures++ === 0 ? full : { text: 'done' };
    });
    expect(ending).toMatchObject({ status: 'done', turns: 5 });
    expect(sent).toHaveLength(6);
    const always = await play((turn) => (turn < 5 ? { calls: [sum(turn)] } : full));
    expect(always.ending).toMatchObject({ status: 'stopped', reason: 'context_full' });
    expect(always.sent).toHaveLength(6);
  });
});

describe('an empty answer after tool results', () => {
  it('is followed by a request for the answer, once', async () => {
    const { ending, sent } = await play((turn) =>
      turn === 1 ? { calls: [sum(1)] } : { text: '' },
    );
    expect(ending.status).toBe('failed');
    const asked = sent.filter(({ last }) => last?.role === 'user' && /answer now/.test(last.text));
    expect(asked.length).toBeGreaterThan(0);
    expect(sent[1]?.last?.role).toBe('tool');
    expect(sent[2]?.last).toMatchObject({ role: 'user' });
  });
});

it('a turn is told with its calls, its usage and who answered', async () => {
  const { events } = await play((turn) =>
    turn === 1 ? { text: 'a', calls: [sum(1)] } : { text: 'b' },
  );
  const turns = events.filter(({ type }) => type === 'turn.finished');
  expect(turns).toMatchObject([
    { turn: 1, text: 'a', toolCalls: [sum(1)], stop: 'tool_calls', usage: { inputTokens: 10 } },
    {
      turn: 2,
      text: 'b',
      toolCalls: [],
      stop: 'final',
      by: { provider: 'demo', model: 'test-model' },
    },
  ]);
});
