import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defaultLimits } from '../../../../src/core/agent/agentSpec.ts';
import type { ToolEffect } from '../../../../src/core/base/toolEffect.ts';
import { RunLog } from '../../../../src/core/export/runLog.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import { defineTool } from '../../../../src/core/tools/defineTool.ts';
import type { Tool } from '../../../../src/core/tools/tool.ts';
import type { RunEvent, RunStarted } from '../../../../src/shared/conversationEvents.ts';
import { applyRunEvent, startRunState } from '../../../../src/shared/runState.ts';
import { currentWait, toolSpanOf } from '../../../../src/shared/span.ts';
import { rulesOfRun } from '../../../support/approvals/ruleFixtures.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { record, testAgent, testRun } from '../../../support/runs.ts';
import { ScriptedProvider } from '../../../support/scriptedProvider.ts';
import { settled } from '../../../support/settled.ts';

/** A tool whose calls end when the test says so. */
class Held {
  readonly begun: string[] = [];
  active = 0;
  maxActive = 0;
  readonly #open = new Map<string, (error?: Error) => void>();

  tool(name: string, effect: ToolEffect): Tool {
    return defineTool({
      ...{ name, description: 'Waits.', effect },
      inputSchema: z.object({ label: z.string() }),
      execute: async ({ label }) => {
        this.begun.push(label);
        this.maxActive = Math.max(this.maxActive, ++this.active);
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        this.#open.set(label, (error) => (error === undefined ? resolve() : reject(error)));
        await promise.finally(() => {
          this.active -= 1;
        });
        return `${label} done`;
      },
    });
  }

  async end(label: string, error?: Error): Promise<void> {
    this.#open.get(label)?.(error);
    await settled();
  }
}

const call = (label: string, name = 'look') => ({ callId: label, name, input: { label } });

/** One conversation whose model makes these calls in its first turn. */
function start(
  calls: readonly ReturnType<typeof call>[],
  config: Parameters<typeof testAgent>[1],
  options: Parameters<typeof testRun>[2] = {},
) {
  const provider = new ScriptedProvider((_, turn) => (turn === 1 ? { calls } : { text: 'end' }));
  const run = testRun(testAgent(provider, config), ['question'], options);
  const events = record(run);
  run.start();
  return { run, events, provider };
}

describe('the calls of a parallel turn', () => {
  it.each(['pure', 'read', 'network'] as const)(
    'run at once if they are %s, with results in call order',
    async (effect) => {
      const held = new Held();
      const tools = [held.tool('look', effect)];
      const calls = ['a', 'b', 'c'].map((label) => call(label));
      const { run, provider } = start(calls, { tools, toolExecution: 'parallel' });
      await settled();
      expect(held.begun).toEqual(['a', 'b', 'c']);
      for (const label of ['c', 'b', 'a']) await held.end(label);
      await run.ended();
      const results = provider.requests[1]?.messages.at(-1);
      expect(results).toMatchObject({
        outcomes: ['a', 'b', 'c'].map((label) => ({ callId: label, content: `${label} done` })),
      });
    },
  );

  it.each(['write', 'execute', 'foreign'] as const)(
    'run one after another if one of them may %s',
    async (effect) => {
      const held = new Held();
      const tools = [held.tool('look', 'read'), held.tool('change', effect)];
      const calls = [call('a'), call('b', 'change'), call('c')];
      const { run } = start(calls, { tools, toolExecution: 'parallel' });
      for (const label of ['a', 'b', 'c']) {
        await settled();
        expect(held.begun.at(-1)).toBe(label);
        await held.end(label);
      }
      await run.ended();
      expect(held.maxActive).toBe(1);
    },
  );

  it('do not end with one that fails', async () => {
    const held = new Held();
    const config = { tools: [held.tool('look', 'read')], toolExecution: 'parallel' } as const;
    const { run } = start([call('a'), call('b')], config);
    await settled();
    await held.end('a', new Error('broken'));
    expect(held.active).toBe(1);
    await held.end('b');
    const { conversations } = await run.ended();
    expect(conversations[0]?.toolCalls).toMatchObject([
      { isError: true },
      { isError: false, output: 'b done' },
    ]);
  });

  it('share slots with those of all other conversations', async () => {
    const held = new Held();
    const config = {
      tools: [held.tool('look', 'read')],
      toolExecution: 'parallel',
      limits: { ...defaultLimits, toolsInFlight: 2 },
    } as const;
    const runner = new Runner();
    const first = start([call('a'), call('b'), call('c')], config, { runner });
    const second = start([call('d')], config, { runner });
    await settled();
    expect(held.begun).toEqual(['a', 'b']);
    expect(first.run.state.conversations[0]?.toolCalls.map(({ state }) => state)).toEqual([
      ...['running', 'running', 'checked'],
    ]);
    expect(second.run.state.conversations[0]?.toolCalls).toMatchObject([{ state: 'checked' }]);
    for (const label of ['a', 'b', 'c', 'd']) await held.end(label);
    await Promise.all([first.run.ended(), second.run.ended()]);
    expect(held.begun).toEqual(['a', 'b', 'c', 'd']);
    expect(held.maxActive).toBe(2);
  });

  it('give their slots back when the conversation is cancelled', async () => {
    const held = new Held();
    const config = {
      tools: [held.tool('look', 'read')],
      toolExecution: 'parallel',
      limits: { ...defaultLimits, toolsInFlight: 1 },
    } as const;
    const runner = new Runner();
    const first = start([call('a'), call('b')], config, { runner });
    await settled();
    first.run.cancel();
    await first.run.ended();
    const second = start([call('c')], config, { runner });
    await settled();
    expect(held.begun).toEqual(['a', 'c']);
    await held.end('c');
    expect((await second.run.ended()).conversations[0]?.status).toBe('done');
  });
});

/** A person decides on the call. */
async function decide(
  { inbox }: Runner,
  callId: string,
  denial?: { readonly reason?: string; readonly also?: 'conversation' },
): Promise<void> {
  const ids = inbox.requests().flatMap((one) => (one.callId === callId ? [one.id] : []));
  await inbox.decide({ kind: denial === undefined ? 'allow' : 'deny', requests: ids, ...denial });
  await settled();
}

describe('a call that waits for a decision', () => {
  const config = (held: Held, more: object = {}) => ({
    ...{ tools: [held.tool('look', 'network'), held.tool('read', 'read')], ...more },
  });

  it('says so, and its clocks and those of its conversation stand still', async () => {
    const held = new Held();
    const clock = new ManualClock();
    const runner = new Runner({ clock });
    const limits = { ...defaultLimits, timeoutMs: 10_000 };
    const { run, events } = start([call('a')], config(held, { limits }), {
      ...{ runner, rules: rulesOfRun(), maxWaitMs: 10_000 },
    });
    await clock.advance(0);
    await clock.advance(3_600_000);
    const [waiting] = run.state.conversations;
    expect(waiting).toMatchObject({ phase: 'waiting', toolCalls: [{ state: 'waiting' }] });
    expect(waiting && currentWait(waiting)).toMatchObject({ reason: 'decision' });
    expect(held.begun).toEqual([]);
    await decide(runner, 'a');
    const [running] = run.state.conversations;
    expect(running).toMatchObject({ phase: 'running', toolCalls: [{ state: 'running' }] });
    await held.end('a');
    await clock.advance(0);
    const { conversations } = await run.ended();
    expect(conversations[0]).toMatchObject({ status: 'done', toolCalls: [{ state: 'ended' }] });
    const [ended] = run.state.conversations;
    expect(ended && toolSpanOf(ended, { turn: 1, callId: 'a' })?.startMs).toBe(3_600_000);
    expect(ended?.waitedMs).toBe(3_600_000);
    expect(logOf(events)).toMatch(/look waits for a decision: {"label":"a"}/);
  });

  it('lets the others of a parallel turn go on, and its conversation waits when they have ended', async () => {
    const held = new Held();
    const runner = new Runner();
    const calls = [call('a', 'read'), call('b')];
    const { run } = start(calls, config(held, { toolExecution: 'parallel' }), {
      ...{ runner, rules: rulesOfRun() },
    });
    await settled();
    const state = () => run.state.conversations[0];
    expect(state()).toMatchObject({
      phase: 'running',
      toolCalls: [{ state: 'running' }, { state: 'waiting' }],
    });
    await held.end('a');
    expect(state()?.phase).toBe('waiting');
    await decide(runner, 'b');
    expect(state()?.phase).toBe('running');
    await held.end('b');
    await run.ended();
  });

  it('that is denied never runs, and the model is told why', async () => {
    const held = new Held();
    const runner = new Runner();
    const { run, events, provider } = start([call('a')], config(held), {
      ...{ runner, rules: rulesOfRun() },
    });
    await settled();
    await decide(runner, 'a', { reason: 'Not in this folder.' });
    const { conversations } = await run.ended();
    expect(held.begun).toEqual([]);
    expect(events.some(({ type }) => type === 'tool.started')).toBe(false);
    expect(conversations[0]?.toolCalls).toMatchObject([{ state: 'ended', isError: true }]);
    expect(provider.requests[1]?.messages.at(-1)).toMatchObject({
      outcomes: [{ content: expect.stringContaining('Not in this folder.'), isError: true }],
    });
    expect(logOf(events)).toMatch(/look {"label":"a"} not run: .*Not in this folder\./);
  });

  it('that is denied with the end of the conversation is the last that is asked about', async () => {
    const held = new Held();
    const runner = new Runner();
    const { run, events } = start([call('a'), call('b')], config(held), {
      ...{ runner, rules: rulesOfRun() },
    });
    await settled();
    await decide(runner, 'a', { also: 'conversation' });
    const { conversations } = await run.ended();
    expect(conversations[0]).toMatchObject({ status: 'stopped', reason: 'denied' });
    expect(conversations[0]?.toolCalls.map(({ output }) => output)).toEqual([
      expect.stringContaining('denied'),
      'Not run: the conversation was ended.',
    ]);
    expect(events.filter(({ type }) => type === 'tool.started')).toEqual([]);
  });

  it('is not run when its conversation is cancelled', async () => {
    const held = new Held();
    const { run } = start([call('a')], config(held), { rules: rulesOfRun() });
    await settled();
    run.cancel();
    const { conversations } = await run.ended();
    expect(conversations[0]?.status).toBe('cancelled');
    expect(held.begun).toEqual([]);
  });
});

/** The log of a run whose events these are. */
function logOf(events: readonly RunEvent[]): string {
  const [started, ...others] = events as readonly [RunStarted, ...Exclude<RunEvent, RunStarted>[]];
  const state = startRunState(started);
  const log = new RunLog(state, 'interleaved');
  return others
    .flatMap((event) => {
      applyRunEvent(state, event);
      return log.lines(event);
    })
    .join('\n');
}
