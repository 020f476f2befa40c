import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { Run } from '../../../src/core/runner/run.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import { defineTool } from '../../../src/core/tools/defineTool.ts';
import type { Tool } from '../../../src/core/tools/tool.ts';
import { currentWait } from '../../../src/shared/span.ts';
import { watchAbortListeners } from '../../support/faults/abortListeners.ts';
import { faultProtocols } from '../../support/faults/faultProtocol.ts';
import { planFor, playSaved } from '../../support/faults/savedPlay.ts';
import type { Answer, Served, Side } from '../../support/faults/side.ts';
import { sides } from '../../support/faults/side.ts';
import { plainReply, sseText, streamHead } from '../../support/loopback/replies.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { settled } from '../../support/settled.ts';
import { CancellationTokenSource, LanguageModelTextPart } from '../../support/vscode/fakeVscode.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

const inFlight = 200;

/** Never ends by itself, only with its conversation. */
const endless: Tool = defineTool({
  ...{ name: 'endless', description: 'Waits.', effect: 'pure', timeoutMs: 2 ** 31 - 1 },
  inputSchema: z.looseObject({}),
  execute: () => new Promise<string>(() => undefined),
});

/** What a conversation can be doing when it is cancelled. */
interface Phase {
  readonly name: string;
  /** Undefined when the other side cannot keep a conversation in this phase. */
  answer(side: Side): Answer | undefined;
  readonly concurrency?: number;
  /** Whether all conversations have reached the phase. */
  isReached(run: Run, served: Served): boolean;
  /** Number of requests in flight then. */
  readonly open: number;
}

const waitingFor = (run: Run, reason: string): number =>
  run.state.conversations.filter((one) => currentWait(one)?.reason === reason).length;

function overHttp(side: Side, status: number, headers: Record<string, string>): Answer | undefined {
  const protocol = faultProtocols.find(({ name }) => name === side.name);
  if (protocol === undefined) return undefined;
  const body = protocol.errorBody(status === 429 ? 'rate_limit_error' : 'api_error', 'No luck.');
  return { kind: 'http', reply: plainReply(status, body, headers) };
}

const silent = (side: Side, hasBegun: boolean): Answer => {
  const protocol = faultProtocols.find(({ name }) => name === side.name);
  if (protocol === undefined) {
    const parts = [new LanguageModelTextPart('Half')];
    const answer = hasBegun ? ({ parts, ending: 'silence' } as const) : { hangs: true };
    return { kind: 'chat', answer };
  }
  const events = protocol.events({ text: 'Half' });
  const begun = events.findIndex(({ type }) => type.endsWith('delta')) + 1;
  const bytes = sseText(events.slice(0, begun));
  return { kind: 'http', reply: hasBegun ? [streamHead(), { do: 'send', bytes }] : [] };
};

const phases: readonly Phase[] = [
  {
    name: 'queued behind another',
    answer: (side) => silent(side, false),
    ...{ concurrency: 1, open: 1 },
    isReached: (run, { requests }) => requests.length === 1 && run.state.counts.queued === 199,
  },
  {
    name: 'connecting',
    answer: (side) => silent(side, false),
    open: inFlight,
    isReached: (_, { requests }) => requests.length === inFlight,
  },
  {
    name: 'streaming',
    answer: (side) => silent(side, true),
    open: inFlight,
    isReached: ({ state }) => state.conversations.every(({ partial }) => partial === 'Half'),
  },
  {
    name: 'running a tool',
    answer: (side) => side.turn({ calls: [{ id: 'a', name: 'endless', input: {} }] }),
    open: 0,
    isReached: ({ state }) =>
      state.conversations.every(({ toolCalls }) => toolCalls[0]?.state === 'running'),
  },
  {
    name: 'waiting for the rate limit',
    answer: (side) => overHttp(side, 429, { 'retry-after': '60' }),
    open: 0,
    isReached: (run) => waitingFor(run, 'rate_limit') === inFlight,
  },
  {
    name: 'waiting for a retry',
    answer: (side) => overHttp(side, 500, {}),
    open: 0,
    isReached: (run) => waitingFor(run, 'retry') === inFlight,
  },
];

describe.each(sides)('F21: 200 cancelled conversations ($name)', (side) => {
  const scenes = phases.flatMap((phase) => {
    const answer = phase.answer(side);
    return answer === undefined ? [] : [{ ...phase, answer }];
  });

  it.each(scenes)('while $name leave nothing behind', async (phase) => {
    const clock = new ManualClock();
    const runner = new Runner({ clock });
    const listeners = watchAbortListeners();
    const timersBefore = timers();
    let healed = false;
    const healthy = side.turn({ text: 'Done.' });
    const play = await playSaved(side, () => (healed ? healthy : phase.answer), {
      prompts: Array.from({ length: inFlight }, (_, index) => `p${index}`),
      ...{ clock, runner, tools: [endless], concurrency: phase.concurrency ?? 'unlimited' },
      until: async (run, served) => {
        await vi.waitFor(() => expect(phase.isReached(run, served)).toBe(true));
        const { requests } = served;
        await cancelOne(run);
        run.cancel();
        // No clock needs to advance for that.
        await run.ended();
        // Connections in flight are closed at once.
        await Promise.all(requests.slice(0, phase.open).map(({ closed }) => closed));
        expect(clock.pending).toBe(0);
        const { seq } = run.state;
        healed = true;
        await clock.advance(3_600_000);
        await settled();
        expect(run.state.seq).toBe(seq);
        expect(served.requests).toHaveLength(requests.length);
        // All slots are free: the same limiter serves as many again.
        await runAgain(runner, served);
      },
    });
    expect(play.result.counts).toMatchObject({ total: inFlight, cancelled: inFlight });
    expect(play.kept.state!.counts).toEqual(play.run.state.counts);
    expect(play.kept.state!.state).toBe('cancelled');
    expect(play.kept).toMatchObject({ damaged: 0, missing: 0 });
    expect(clock.pending).toBe(0);
    expect(listeners.left()).toBe(0);
    expect(timers()).toBeLessThanOrEqual(timersBefore);
    expect([CancellationTokenSource.open, CancellationTokenSource.listeners]).toEqual([0, 0]);
  });
});

/** Ends only this conversation, at once. */
async function cancelOne(run: Run): Promise<void> {
  run.cancelConversation(7);
  await vi.waitFor(() => expect(run.state.conversations[7]?.phase).toBe('cancelled'));
  expect(run.state.counts.cancelled).toBe(1);
  expect(run.state.state).toBe('running');
}

async function runAgain(runner: Runner, served: Served): Promise<void> {
  const prompts = Array.from({ length: inFlight }, (_, index) => `again ${index}`);
  const run = runner.createRun(await planFor(served, { prompts, concurrency: 'unlimited' }));
  run.start();
  expect((await run.ended()).counts).toMatchObject({ done: inFlight });
}

/** Timers that keep this process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
