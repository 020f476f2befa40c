import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../src/core/providers/message.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import type { Run } from '../../../../src/core/runner/run.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import type { RunRecorder } from '../../../../src/core/runner/runPlan.ts';
import { canContinue } from '../../../../src/shared/conversationState.ts';
import { impatient, testAgent, testRun } from '../../../support/runs.ts';
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
