import { describe, expect, it } from 'vitest';
import type { AgentLimits } from '../../../../src/core/agent/agentSpec.ts';
import { defaultLimits } from '../../../../src/core/agent/agentSpec.ts';
import type { Message } from '../../../../src/core/providers/message.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import type { Run } from '../../../../src/core/runner/run.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import type { RunRecorder } from '../../../../src/core/runner/runPlan.ts';
import { canContinue } from '../../../../src/shared/conversationState.ts';
import type { TestRunOptions } from '../../../support/runs.ts';
import { impatient, record, testAgent, testRun } from '../../../support/runs.ts';
import type { Reply } from '../../../support/scriptedProvider.ts';
import { never, ScriptedProvider } from '../../../support/scriptedProvider.ts';

const call = (id: string) => ({ callId: id, name: 'sum_numbers', input: { numbers: [1, 2] } });

/** A run of one prompt that answers its requests in this order. */
function runOf(...replies: readonly Reply[]) {
  const left = [...replies];
  const provider = new ScriptedProvider(() => left.shift() ?? new Error('asked too often'));
  const kept: Message[] = [];
  const recorder: RunRecorder = {
    event: (event) => {
      if (event.type === 'conversation.requeued') kept.length = 0;
    },
    message: (_, message) => void kept.push(structuredClone(message)),
    commit: async () => undefined,
  };
  const runner = new Runner({ retry: { ...impatient, maxAttempts: 1, maxUnreadable: 1 } });
  const run = testRun(testAgent(provider), ['Go.'], { recorder, runner });
  return { run, provider, kept };
}

async function ended(run: Run) {
  const result = await run.ended();
  return result.conversations[0]!;
}

const busy = () => new ProviderError('Busy.', { kind: 'overloaded', retryable: false });
const rolesOf = (messages: readonly Message[]) => messages.map(({ role }) => role).join();

describe('a conversation that failed', () => {
  it('goes on from its last complete turn, and asks for nothing twice', async () => {
    const { run, provider, kept } = runOf({ text: 'I add.', calls: [call('a')] }, busy(), {
      text: 'Three.',
    });
    run.start();
    expect(await ended(run)).toMatchObject({ status: 'failed', turns: 1 });
    run.continue([0]);
    expect(await ended(run)).toMatchObject({ status: 'done', answer: 'Three.', turns: 2 });
    expect(provider.requests).toHaveLength(3);
    expect(provider.requests[2]!.messages).toEqual(provider.requests[1]!.messages);
    expect(rolesOf(kept)).toBe('user,assistant,tool,assistant');
    expect(run.state.conversations[0]!.toolCalls).toHaveLength(1);
    expect(run.state.usage.inputTokens).toBe(20);
  });

  it('says how it ended before, until it has succeeded', async () => {
    const { run } = runOf({ text: 'I add.', calls: [call('a')] }, busy(), busy());
    run.start();
    await ended(run);
    run.continue([0]);
    expect(await ended(run)).toMatchObject({ status: 'failed', answer: 'I add.' });
    expect(run.state.conversations[0]!.previous).toMatchObject({
      status: 'failed',
      reason: 'overloaded',
    });
  });

  it('goes on at once when whoever hears of its end asks for it', async () => {
    const { run, provider } = runOf({ calls: [call('a')] }, busy(), { text: 'Three.' });
    run.onEvent((event) => {
      if (event.type === 'conversation.finished' && event.status === 'failed') run.continue([0]);
    });
    run.start();
    await expect.poll(() => run.state.counts.done).toBe(1);
    expect(provider.requests.map(({ messages }) => rolesOf(messages))).toEqual([
      'user',
      'user,assistant,tool',
      'user,assistant,tool',
    ]);
  });

  it('starts from its prompt when it is retried', async () => {
    const { run, provider } = runOf({ calls: [call('a')] }, busy(), { text: 'Three.' });
    run.start();
    await ended(run);
    run.rerun([0]);
    expect(await ended(run)).toMatchObject({ status: 'done', turns: 1 });
    expect(rolesOf(provider.requests[2]!.messages)).toBe('user');
  });

  it('cannot go on before its first turn, after success, or from what it would only run into again', async () => {
    const first = runOf(busy());
    first.run.start();
    await ended(first.run);
    first.run.continue([0, 7]);
    expect(first.run.state.state).toBe('finished');
    for (const reply of [{ text: 'Done.' }, { text: 'No.', stop: 'refused' }] as const) {
      const { run } = runOf(reply);
      run.start();
      await ended(run);
      expect(canContinue(run.state.conversations[0]!)).toBe(false);
    }
  });
});

describe('an answer that was cut off', () => {
  it('is gone on with, with room for twice as much each time, and is one answer', async () => {
    const { run, provider, kept } = runOf(
      { text: 'One, ', stop: 'truncated' },
      { text: 'two, ', stop: 'truncated' },
      { text: 'three.' },
    );
    run.start();
    expect(await ended(run)).toMatchObject({ reason: 'max_tokens', answer: 'One, ' });
    run.continue([0]);
    expect(await ended(run)).toMatchObject({ reason: 'max_tokens', answer: 'One, two, ' });
    run.continue([0]);
    expect(await ended(run)).toMatchObject({ status: 'done', answer: 'One, two, three.' });
    const room = provider.requests.map(({ maxOutputTokens }) => maxOutputTokens);
    expect(room).toEqual([room[0], 2 * room[0]!, 4 * room[0]!]);
    expect(rolesOf(kept)).toBe('user,assistant,user,assistant,user,assistant');
    expect(rolesOf(provider.requests[2]!.messages)).toBe('user,assistant,user,assistant,user');
  });

  it('is kept whole when going on with it fails', async () => {
    const { run } = runOf({ text: 'One, ', stop: 'truncated' }, busy(), { text: 'two.' });
    run.start();
    await ended(run);
    run.continue([0]);
    expect(await ended(run)).toMatchObject({ status: 'failed', answer: 'One, ' });
    run.continue([0]);
    expect(await ended(run)).toMatchObject({ status: 'done', answer: 'One, two.' });
  });

  it('keeps what there is of both parts when it is cancelled on the way', async () => {
    const { run, provider } = runOf({ text: 'One, ', stop: 'truncated' });
    run.start();
    await ended(run);
    provider.turn = (_, observer, signal) => {
      observer.onText?.('two');
      return never(signal);
    };
    run.onEvent(({ type }) => {
      if (type === 'turn.delta') run.cancel();
    });
    run.continue([0]);
    expect(await ended(run)).toMatchObject({ status: 'cancelled', answer: 'One, two' });
  });

  it('has none of its tool calls run: the model is told so and may ask again', async () => {
    const { run, provider } = runOf(
      { text: 'I add.', calls: [call('a'), call('b')], stop: 'truncated' },
      { text: 'Three.' },
    );
    run.start();
    await ended(run);
    run.continue([0]);
    expect(await ended(run)).toMatchObject({ status: 'done', answer: 'Three.', toolCalls: [] });
    const [, , results] = provider.requests[1]!.messages;
    expect(results).toMatchObject({
      role: 'tool',
      outcomes: [
        { callId: 'a', isError: true, content: expect.stringContaining('Not run') },
        { callId: 'b', isError: true, content: expect.stringContaining('Not run') },
      ],
    });
  });
});

describe('a conversation that was cancelled', () => {
  it('goes on with the tool calls that it had not run', async () => {
    const { run, provider } = runOf({ calls: [call('a')] }, { text: 'Three.' });
    run.onEvent(({ type }) => {
      if (type === 'turn.finished' && provider.requests.length === 1) run.cancelConversation(0);
    });
    run.start();
    expect(await ended(run)).toMatchObject({ status: 'cancelled', turns: 1 });
    run.continue([0]);
    const conversation = await ended(run);
    expect(conversation).toMatchObject({ status: 'done', answer: 'Three.' });
    expect(conversation.toolCalls.map(({ output }) => output)).toEqual(['3']);
  });
});

describe('a conversation that a limit stopped', () => {
  /** A run of one prompt whose model makes a call in each of these turns, and then answers. */
  function limitedRun(calls: number, changes: Partial<AgentLimits>, options: TestRunOptions = {}) {
    const provider = new ScriptedProvider(({ toolChoice }, turn) => {
      if (toolChoice === 'none') return { text: 'So far.' };
      return turn <= calls ? { calls: [call(`c${turn}`)] } : { text: 'Done.' };
    });
    const agent = testAgent(provider, { limits: { ...defaultLimits, ...changes } });
    return { run: testRun(agent, ['Go.'], options), provider };
  }

  it.each([
    ['max_turns', { maxTurns: 3 }, { maxTurns: 7 }],
    ['max_tool_calls', { maxToolCalls: 2 }, { toolCalls: 4 }],
    ['loop', { repeatsStopped: 3 }, { repeatsStopped: 6 }],
  ] as const)('by %s goes on with that limit raised', async (reason, limits, raised) => {
    const { run } = limitedRun(4, limits);
    const events = record(run);
    run.start();
    expect(await ended(run)).toMatchObject({ status: 'stopped', reason });
    expect(canContinue(run.state.conversations[0]!)).toBe(true);
    run.continue([0]);
    expect(await ended(run)).toMatchObject({ status: 'done', answer: 'Done.' });
    expect(run.state.conversations[0]!.raised).toEqual(raised);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'conversation.resumed', raised }),
    );
  });

  it('is stopped again at the raised limit, and goes on once more with a higher one', async () => {
    const { run } = limitedRun(8, { maxToolCalls: 2, repeatsStopped: 100 });
    run.start();
    await ended(run);
    run.continue([0]);
    expect(await ended(run)).toMatchObject({ status: 'stopped', reason: 'max_tool_calls' });
    expect(
      run.state.conversations[0]!.toolCalls.filter(({ state }) => state === 'ended'),
    ).toHaveLength(4);
    run.continue([0]);
    expect(await ended(run)).toMatchObject({ status: 'done' });
    expect(run.state.conversations[0]!.raised).toEqual({ toolCalls: 8 });
  });

  it('by the budget of the run raises that once for all that it stopped', async () => {
    const provider = new ScriptedProvider((_, turn) =>
      turn === 1 ? { calls: [call('a')] } : { text: 'Done.' },
    );
    const limits = { ...defaultLimits, maxOutputTokens: 20 };
    const run = testRun(testAgent(provider, { limits }), ['A', 'B', 'C'], { maxRunTokens: 60 });
    const events = record(run);
    run.start();
    const first = await run.ended();
    const stopped = first.conversations.filter(({ reason }) => reason === 'budget');
    expect(stopped.length).toBeGreaterThan(1);
    run.continue(stopped.map(({ index }) => index));
    await run.ended();
    const raises = events.flatMap((event) =>
      event.type === 'conversation.resumed' && event.raised !== undefined ? [event.raised] : [],
    );
    expect(raises).toEqual([{ maxRunTokens: 120 }]);
  });
});
