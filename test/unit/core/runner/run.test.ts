import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { runResultSchema } from '../../../../src/core/export/resultSchema.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import type { ConversationEvent } from '../../../../src/shared/conversationEvents.ts';
import { isConversationEvent } from '../../../../src/shared/conversationEvents.ts';
import { applyRunEvent, startRunState } from '../../../../src/shared/runState.ts';
import { record, testAgent, testRun } from '../../../support/runs.ts';
import {
  echoProvider,
  never,
  promptOf,
  ScriptedProvider,
} from '../../../support/scriptedProvider.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a run', () => {
  it('gives 200 conversations with random delays in prompt order, each with its own calls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(5)), fc.nat(3), async (delays, rounds) => {
        const delayOf = (): number => delays.next().value ?? 0;
        const provider = new ScriptedProvider(async (request, turn) => {
          await pause(delayOf());
          const prompt = promptOf(request);
          if (turn > rounds) return { text: `answer to ${prompt}` };
          const number = Number(prompt.slice(1));
          const input = { numbers: [number, turn] };
          return { calls: [{ callId: `${prompt}-${turn}`, name: 'sum_numbers', input }] };
        });
        const agent = testAgent(provider);
        const before = JSON.stringify(agent.spec);
        const prompts = Array.from({ length: 200 }, (_, index) => `p${index}`);
        const messages = prompts.map((text) => Object.freeze([{ role: 'user' as const, text }]));
        const items = prompts.map((prompt, index) => ({
          planned: { id: `f#${prompt}`, name: prompt, prompt, provider: 'demo', model: 'm' },
          agent,
          messages: messages[index]!,
        }));
        const run = testRun(agent, [], { items });
        run.start();
        const result = await run.ended();
        expect(result.conversations.map(({ answer }) => answer)).toEqual(
          prompts.map((prompt) => `answer to ${prompt}`),
        );
        for (const { index, toolCalls } of result.conversations) {
          const expected = Array.from({ length: rounds }, (_, turn) => String(index + turn + 1));
          expect(toolCalls.map(({ output }) => output)).toEqual(expected);
        }
        expect(messages.every((list, i) => list.length === 1 && list[0]!.text === prompts[i])).toBe(
          true,
        );
        expect(JSON.stringify(agent.spec)).toBe(before);
      }),
      { numRuns: 5 },
    );
  });

  it('sends everything at once, or one after another in serial mode', async () => {
    const make = () =>
      new ScriptedProvider(async () => {
        await pause(5);
        return { text: 'x' };
      });
    const prompts = ['a', 'b', 'c', 'd'];
    const together = make();
    const run = testRun(testAgent(together), prompts);
    run.start();
    await run.ended();
    expect(together.maxActive).toBe(4);
    const alone = make();
    const serial = testRun(testAgent(alone), prompts, { mode: 'serial' });
    serial.start();
    await serial.ended();
    expect(alone.maxActive).toBe(1);
    expect(alone.requests.map(promptOf)).toEqual(prompts);
  });

  it('keeps to the concurrency it is given, with started conversations first', async () => {
    const order: string[] = [];
    const provider = new ScriptedProvider(async (request, turn) => {
      order.push(`${promptOf(request)}${turn}`);
      await pause(1);
      const input = { numbers: [1] };
      return turn === 1 ? { calls: [{ callId: 'x', name: 'sum_numbers', input }] } : { text: 'x' };
    });
    const run = testRun(testAgent(provider), ['a', 'b', 'c'], { concurrency: 1 });
    run.start();
    await run.ended();
    expect(provider.maxActive).toBe(1);
    expect(order.indexOf('a2')).toBeLessThan(order.indexOf('c1'));
  });

  it('keeps the others when one throws, one has a rejected key and one is cancelled', async () => {
    const names = ['one', 'throws', 'rejected', 'hangs', 'two'];
    const allSent = Promise.withResolvers<void>();
    let sent = 0;
    const provider = new ScriptedProvider(async (request) => {
      if (++sent === names.length) allSent.resolve();
      switch (promptOf(request)) {
        case 'throws':
          return new Error('boom');
        case 'rejected':
          // Nothing more would be sent after it.
          await allSent.promise;
          return new ProviderError('The key was refused.', { kind: 'auth', httpStatus: 401 });
        case 'hangs':
          return (_, signal) => never(signal);
        default:
          return { text: `re: ${promptOf(request)}` };
      }
    });
    const run = testRun(testAgent(provider), names);
    run.start();
    await vi.waitFor(() => expect(run.state.conversations[3]?.phase).toBe('running'));
    run.cancelConversation(3);
    const result = await run.ended();
    expect(result.conversations.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
      'done final',
      'failed internal',
      'failed auth',
      'cancelled cancelled',
      'done final',
    ]);
    expect(result.state).toBe('finished');
    expect(result.conversations[4]!.answer).toBe('re: two');
  });

  it('cancels the rest at the first failure when it is all or nothing', async () => {
    const provider = new ScriptedProvider((request) =>
      promptOf(request) === 'bad'
        ? new ProviderError('no', { kind: 'not_found' })
        : (_, signal) => never(signal),
    );
    const options = { failure: 'allOrNothing' } as const;
    const run = testRun(testAgent(provider), ['a', 'bad', 'c'], options);
    run.start();
    const result = await run.ended();
    expect(result.counts).toMatchObject({ failed: 1, cancelled: 2 });
  });

  it('cancels what runs and what is queued, at once', async () => {
    const provider = new ScriptedProvider(() => (_, signal) => never(signal));
    const prompts = Array.from({ length: 200 }, (_, index) => `p${index}`);
    const run = testRun(testAgent(provider), prompts, { concurrency: 10 });
    run.start();
    await vi.waitFor(() => expect(provider.active).toBe(10));
    run.cancel();
    const result = await run.ended();
    expect(result.state).toBe('cancelled');
    expect(result.counts).toMatchObject({ cancelled: 200 });
    expect(provider.requests).toHaveLength(10);
    expect(provider.active).toBe(0);
  });

  it('runs failed conversations again in their places and keeps the error until they succeed', async () => {
    let broken = true;
    const provider = new ScriptedProvider((request) =>
      promptOf(request) === 'b' && broken
        ? new ProviderError('gone', { kind: 'not_found' })
        : { text: promptOf(request) },
    );
    const run = testRun(testAgent(provider), ['a', 'b', 'c']);
    const events = record(run);
    run.start();
    expect((await run.ended()).counts).toMatchObject({ done: 2, failed: 1 });
    broken = false;
    run.rerun([1]);
    expect(run.state.conversations[1]).toMatchObject({ previous: { status: 'failed' } });
    const result = await run.ended();
    expect(result.counts).toMatchObject({ done: 3, failed: 0 });
    expect(result.conversations[1]).toMatchObject({ answer: 'b', attempts: 2 });
    expect(result.conversations[1]!.error).toBeUndefined();
    expect(run.state.conversations[1]!.previous).toBeUndefined();
    expect(provider.requests).toHaveLength(4);
    expect(events.map(({ type }) => type)).toContain('run.reopened');
  });

  it('tells its events in order and without gaps; folding them elsewhere gives the same state', async () => {
    const run = testRun(testAgent(echoProvider()), ['a', 'b', 'c']);
    const events = record(run);
    run.start();
    await run.ended();
    const [started, ...rest] = events;
    expect(started?.type).toBe('run.started');
    expect(rest.map((event) => (event as ConversationEvent).seq)).toEqual(
      rest.map((_, index) => index + 1),
    );
    const copy = startRunState(structuredClone(run.state.started));
    for (const event of structuredClone(rest)) {
      applyRunEvent(copy, event as Exclude<typeof event, { type: 'run.started' }>);
    }
    expect(copy).toEqual(run.state);
  });

  it('ends each conversation with exactly one event, whatever happens to it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('ok', 'fail', 'hang', 'throw'), { minLength: 1, maxLength: 20 }),
        fc.array(fc.nat(19), { maxLength: 5 }),
        async (kinds, cancelled) => {
          const provider = new ScriptedProvider((request) => {
            const kind = promptOf(request);
            if (kind === 'fail') return new ProviderError('no', { kind: 'invalid_request' });
            if (kind === 'throw') throw new RangeError('broken');
            return kind === 'hang' ? (_, signal) => never(signal) : { text: 'ok' };
          });
          const run = testRun(testAgent(provider), kinds, { concurrency: 3 });
          const events = record(run);
          run.start();
          for (const index of cancelled) run.cancelConversation(index);
          await pause(1);
          run.cancel();
          await run.ended();
          const ends = events
            .filter(isConversationEvent)
            .filter(({ type }) => type === 'conversation.finished');
          expect(ends.map(({ conversation }) => conversation).sort((a, b) => a - b)).toEqual(
            kinds.map((_, index) => index),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is not disturbed by a listener that throws', async () => {
    const run = testRun(testAgent(echoProvider()), ['a']);
    run.onEvent(() => {
      throw new Error('broken view');
    });
    run.start();
    expect((await run.ended()).counts.done).toBe(1);
  });

  it('reports a result that fits the published schema', async () => {
    const provider = new ScriptedProvider((request, turn) => {
      if (promptOf(request) === 'bad') return new ProviderError('no', { kind: 'auth' });
      const calls = [{ callId: 'a', name: 'sum_numbers', input: { numbers: [1, 2] } }];
      return turn === 1 ? { calls } : { text: 'x' };
    });
    const run = testRun(testAgent(provider), ['a', 'bad']);
    run.start();
    const result = await run.ended();
    expect(runResultSchema.strict().parse(JSON.parse(JSON.stringify(result)))).toEqual(
      JSON.parse(JSON.stringify(result)),
    );
  });

  it('measures what running at once saved from the conversations’ own times', async () => {
    const provider = new ScriptedProvider(async (request) => {
      await pause(Number(promptOf(request)));
      return { text: 'x' };
    });
    const run = testRun(testAgent(provider), ['50', '40']);
    run.start();
    const { wallMs, conversationMs, savedPercent } = await run.ended();
    expect(conversationMs).toBeGreaterThan(wallMs);
    // The result's times are rounded after the percentage was worked out.
    const exact = (1 - wallMs / conversationMs) * 100;
    expect(Math.abs(savedPercent - exact)).toBeLessThanOrEqual(2);
  });
});
