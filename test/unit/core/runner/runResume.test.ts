import { describe, expect, it, vi } from 'vitest';
import type { Message } from '../../../../src/core/providers/message.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import type { RunItem, RunRecorder } from '../../../../src/core/runner/runPlan.ts';
import type { RunEvent } from '../../../../src/shared/conversationEvents.ts';
import { applyRunEvent, interruptRun, startRunState } from '../../../../src/shared/runState.ts';
import { impatient, originOf, planned, testAgent, testRun } from '../../../support/runs.ts';
import type { Reply } from '../../../support/scriptedProvider.ts';
import { never, promptOf, ScriptedProvider } from '../../../support/scriptedProvider.ts';

/** Keeps what a journal would keep. */
function memoryRecorder() {
  const events: RunEvent[] = [];
  const messages = new Map<number, Message[]>();
  const recorder: RunRecorder = {
    event: (event) => void events.push(structuredClone(event)),
    message: (conversation, message) => {
      messages.set(conversation, [...(messages.get(conversation) ?? []), structuredClone(message)]);
    },
    commit: async () => undefined,
  };
  const restore = () => {
    const [started, ...rest] = structuredClone(events);
    if (started?.type !== 'run.started') throw new Error('no start');
    const state = startRunState(started);
    for (const event of rest) if (event.type !== 'run.started') applyRunEvent(state, event);
    interruptRun(state);
    return { state, messages: structuredClone(messages) };
  };
  const dropLast = () => void events.pop();
  return { recorder, restore, dropLast };
}

const prompts = ['a', 'b', 'c'];

/** Two tool turns, then the answer; the given request hangs. */
function provider(hangs: (prompt: string, turn: number) => boolean) {
  return new ScriptedProvider((request, turn) => {
    if (hangs(promptOf(request), turn)) return (_, signal) => never(signal);
    if (turn === 3) return { text: `answer ${promptOf(request)}` };
    const calls = [{ callId: `${turn}`, name: 'sum_numbers', input: { numbers: [turn, 1] } }];
    return { text: `thinking ${turn}`, calls };
  });
}

describe('a run whose process ended', () => {
  it('makes every call anew where a conversation starts from its prompt', async () => {
    const { recorder, restore } = memoryRecorder();
    const first = provider((_, turn) => turn === 2);
    const run = testRun(testAgent(first), ['a'], { recorder });
    run.start();
    await vi.waitFor(() => expect(first.requests).toHaveLength(2));
    run.abandon();
    const lastTurns = new Map([[0, { turn: 1, calls: new Map([['1', { kind: 'begun' }]]) }]]);
    const again = testRun(testAgent(provider(() => false)), ['a'], {
      restored: { ...restore(), lastTurns: lastTurns as never },
    });
    again.rerun([0]);
    const { conversations } = await again.ended();
    expect(conversations[0]!.toolCalls[0]).toMatchObject({ output: '2', isError: false });
  });

  it('goes on from the last complete turn of every conversation and repeats none', async () => {
    const { recorder, restore } = memoryRecorder();
    const first = provider((prompt, turn) => prompt === 'b' && turn === 2);
    const run = testRun(testAgent(first), prompts, { recorder });
    run.start();
    await vi.waitFor(() => expect(run.state.counts.done).toBe(2));

    const restored = restore();
    expect(restored.state.state).toBe('interrupted');
    expect(restored.state.conversations[1]).toMatchObject({
      phase: 'cancelled',
      reason: 'interrupted',
    });
    const second = provider(() => false);
    const agent = testAgent(second);
    const items = prompts.map((prompt, index) => ({ planned: planned(prompt, index), agent }));
    const again = new Runner({ retry: impatient }).restoreRun(planOf(items), restored);
    again.resumeInterrupted();
    const result = await again.ended();
    expect(result.conversations.map(({ answer }) => answer)).toEqual([
      'answer a',
      'answer b',
      'answer c',
    ]);
    // One turn of b was complete; two were not.
    expect(second.requests).toHaveLength(2);
    expect(second.requests[0]!.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
    ]);
    expect(result.conversations[1]).toMatchObject({ turns: 3, status: 'done' });
    expect(result.conversations[1]!.toolCalls).toHaveLength(2);
    run.cancel();
  });

  it.each([
    ['finished', -1],
    ['cancelled', 1],
  ] as const)('is %s when only the end of the run was not kept', async (ending, cancelled) => {
    const { recorder, restore, dropLast } = memoryRecorder();
    const first = provider((prompt) => prompt === prompts[cancelled]);
    const run = testRun(testAgent(first), prompts, { recorder });
    run.start();
    await vi.waitFor(() => expect(run.state.counts.done).toBe(cancelled < 0 ? 3 : 2));
    run.cancel();
    await run.ended();
    dropLast();

    const restored = restore();
    expect(restored.state.state).toBe(ending);
    const second = provider(() => false);
    const agent = testAgent(second);
    const items = prompts.map((prompt, index) => ({ planned: planned(prompt, index), agent }));
    const again = new Runner({ retry: impatient }).restoreRun(planOf(items), restored);
    expect((await again.ended()).conversations).toHaveLength(3);
    again.resumeInterrupted();
    expect(again.state.state).toBe(ending);
    again.rerun([1]);
    expect((await again.ended()).conversations[1]).toMatchObject({ status: 'done' });
    expect(second.requests).toHaveLength(3);
  });

  it('leaves an answer that was cut off the room that it was given', async () => {
    const { recorder, restore } = memoryRecorder();
    const cut = { text: 'One, ', stop: 'truncated' } as const;
    const replies: Reply[] = [cut, (_, signal) => never(signal)];
    const first = new ScriptedProvider(() => replies.shift() ?? {});
    const run = testRun(testAgent(first), ['a'], { recorder });
    run.start();
    await run.ended();
    run.continue([0]);
    await vi.waitFor(() => expect(first.requests).toHaveLength(2));

    const second = new ScriptedProvider(() => ({ text: 'two.' }));
    const items = [{ planned: planned('a', 0), agent: testAgent(second) }];
    const again = new Runner({ retry: impatient }).restoreRun(planOf(items), restore());
    again.resumeInterrupted();
    const result = await again.ended();
    expect(result.conversations[0]).toMatchObject({ status: 'done', answer: 'One, two.' });
    const [usual, wider] = first.requests.map(({ maxOutputTokens }) => maxOutputTokens);
    expect(wider).toBe(2 * usual!);
    expect(second.requests.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([wider]);
    run.cancel();
  });

  it('runs tool calls that have no results yet before it asks the model again', async () => {
    const restored = {
      state: startRunState(testRun(testAgent(provider(() => false)), ['a']).state.started),
      messages: new Map<number, readonly Message[]>([
        [
          0,
          [
            { role: 'user', text: 'a' },
            {
              role: 'assistant',
              text: '',
              toolCalls: [{ callId: '1', name: 'sum_numbers', input: { numbers: [20, 22] } }],
              native: [],
            },
          ],
        ],
      ]),
    };
    interruptRun(restored.state);
    const second = provider(() => false);
    const agent = testAgent(second);
    const items = [{ planned: planned('a', 0), agent }];
    const run = new Runner({ retry: impatient }).restoreRun(planOf(items), restored);
    run.resumeInterrupted();
    await run.ended();
    expect(second.requests[0]!.messages.at(-1)).toMatchObject({
      role: 'tool',
      outcomes: [{ callId: '1', content: '42' }],
    });
  });
});

function planOf(items: readonly RunItem[]) {
  const { state } = testRun(items[0]!.agent, []);
  const unlimited = Number.POSITIVE_INFINITY;
  return {
    title: 'test',
    simulated: false,
    agent: state.started.agent,
    failure: 'keepPartial',
    whenBlocked: 'fail',
    warmUpCache: false,
    caps: {},
    maxCostUsd: unlimited,
    maxConversationCostUsd: unlimited,
    origin: originOf(items[0]!.agent),
    items,
  } as const;
}
