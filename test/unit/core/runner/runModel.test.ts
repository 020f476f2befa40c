import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defaultLimits } from '../../../../src/core/agent/agentSpec.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import type { Run } from '../../../../src/core/runner/run.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import { defineTool } from '../../../../src/core/tools/defineTool.ts';
import type { RunEvent } from '../../../../src/shared/conversationEvents.ts';
import { isConversationEvent } from '../../../../src/shared/conversationEvents.ts';
import { messageProblems } from '../../../support/faults/historyProblems.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { impatient, record, testAgent, testRun } from '../../../support/runs.ts';
import { promptOf, ScriptedProvider } from '../../../support/scriptedProvider.ts';
import { ControlledProvider } from './controlledProvider.ts';

/** A run together with everything it depends on. */
interface Real {
  readonly run: Run;
  readonly provider: ControlledProvider;
  readonly clock: ManualClock;
  readonly events: readonly RunEvent[];
  /** Ends the tool calls that are running, in any order. */
  readonly tools: ((outcome: string | Error) => void)[];
  readonly concurrency: number;
}

type Step = fc.AsyncCommand<object, Real>;

/** A command that does something and then looks whether everything still holds. */
function step(name: string, act: (real: Real) => unknown): Step {
  return {
    check: () => true,
    run: async (_, real) => {
      await act(real);
      await real.clock.advance(0);
      checkAlways(real);
    },
    toString: () => name,
  };
}

const failures: Record<string, () => Error> = {
  overloaded: () => new ProviderError('busy', { kind: 'overloaded', httpStatus: 529 }),
  network: () => new ProviderError('gone', { kind: 'network' }),
  rateLimit: () => new ProviderError('slow', { kind: 'rate_limit', retryAfterMs: 50 }),
  quota: () => new ProviderError('spent', { kind: 'quota' }),
  invalid: () => new ProviderError('no', { kind: 'invalid_request' }),
  bug: () => new TypeError('x is undefined'),
};

/** Fewer than there are, so that conversations wait for one another. */
const anyOpen = fc.nat(15);
const anyConversation = fc.nat(5);

/** What happens by itself. */
const work = [
  fc
    .tuple(anyOpen, fc.constantFrom('', 'text', 'text'), fc.constantFrom(0, 1, 3))
    .map(([which, text, calls]) =>
      step(`answer ${which} "${text}" ${calls}`, ({ provider }) => {
        if (provider.open.length > 0) provider.answer(which, text, calls);
      }),
    ),
  fc.tuple(anyOpen, fc.constantFrom(...Object.keys(failures))).map(([which, kind]) =>
    step(`fail ${which} ${kind}`, ({ provider }) => {
      if (provider.open.length > 0) provider.fail(which, failures[kind]!());
    }),
  ),
  fc.tuple(anyOpen, fc.boolean()).map(([which, fails]) =>
    step(`end tool ${which} ${fails}`, ({ tools }) => {
      const [end] = tools.splice(which % Math.max(1, tools.length), 1);
      end?.(fails ? new Error('no') : 'yes');
    }),
  ),
  fc.constant(step('wait', ({ clock }) => clock.advance(60))),
];

/** What people do, less often. */
const interventions = [
  anyConversation.map((i) => step(`cancel ${i}`, ({ run }) => run.cancelConversation(i))),
  fc.constant(step('cancel all', ({ run }) => run.cancel())),
  fc
    .uniqueArray(anyConversation, { maxLength: 3 })
    .map((indices) => step(`rerun ${indices}`, ({ run }) => run.rerun(indices))),
  fc.constant(step('resume', ({ run }) => run.resume())),
];

const commands = [...work, ...work, ...work, ...interventions];

function createReal(concurrency: number, parallel: boolean): Real {
  const provider = new ControlledProvider();
  const clock = new ManualClock();
  const tools: Real['tools'] = [];
  const wait = defineTool({
    name: 'wait',
    description: 'Waits.',
    effect: 'pure',
    inputSchema: z.object({ number: z.number() }),
    execute: () =>
      new Promise<string>((resolve, reject) => {
        tools.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
      }),
  });
  const agent = testAgent(provider, {
    tools: [wait],
    toolExecution: parallel ? 'parallel' : 'serial',
    limits: { ...defaultLimits, timeoutMs: 1e9, toolTimeoutMs: 1e9 },
  });
  const runner = new Runner({ clock, retry: impatient });
  const prompts = Array.from({ length: 6 }, (_, index) => `p${index}`);
  const run = testRun(agent, prompts, { runner, concurrency, whenBlocked: 'pause' });
  return { run, provider, clock, events: record(run), tools, concurrency };
}

/** What holds after every single step. */
function checkAlways({ run, provider, events, concurrency }: Real): void {
  expect(provider.mostOpen).toBeLessThanOrEqual(concurrency);
  expect(provider.problems).toEqual([]);
  expect(run.state.usage).toEqual(provider.cost);
  expect(endsPerExecution(events)).toEqual([]);
  const { counts, conversations } = run.state;
  const { queued, waiting, running: active, done, failed, stopped, cancelled } = counts;
  expect(queued + waiting + active + done + failed + stopped + cancelled).toBe(
    conversations.length,
  );
}

/** Executions that ended twice, or that went on after their end. */
function endsPerExecution(events: readonly RunEvent[]): readonly string[] {
  const ended = new Set<number>();
  const problems: string[] = [];
  for (const event of events.filter(isConversationEvent)) {
    const { conversation, type } = event;
    if (type === 'conversation.requeued') {
      if (!ended.delete(conversation)) problems.push(`${conversation} is run again before its end`);
    } else if (ended.has(conversation)) {
      problems.push(`${conversation} goes on after its end: ${type}`);
    }
    if (type === 'conversation.finished') ended.add(conversation);
  }
  return problems;
}

/** Lets everything that is still under way come to its end. */
async function finish({ run, provider, clock, tools }: Real): Promise<void> {
  for (let round = 0; round < 500 && run.state.state === 'running'; round++) {
    if (run.state.paused !== undefined) run.resume();
    for (const end of tools.splice(0)) end('yes');
    if (provider.open.length > 0) provider.answer(round, 'text', 0);
    await clock.advance(60);
  }
}

describe('a run, whatever is done to it and in whatever order', () => {
  it('keeps to its slots, its history, its costs, and ends each conversation once', async () => {
    const seen = { steps: 0, paused: 0, reopened: 0, cancelled: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.commands(commands, { maxCommands: 60, size: '+1' }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async (steps, concurrency, parallel) => {
          const real = createReal(concurrency, parallel);
          real.run.start();
          await fc.asyncModelRun(() => ({ model: {}, real }), steps);
          await finish(real);
          checkAlways(real);
          expect(real.run.state.state).not.toBe('running');
          expect(real.provider.open).toHaveLength(0);
          const types = real.events.map(({ type }) => type);
          expect(types.at(-1)).toBe('run.finished');
          seen.steps += types.length;
          seen.paused += types.filter((type) => type === 'run.paused').length;
          seen.reopened += types.filter((type) => type === 'run.reopened').length;
          seen.cancelled += real.run.state.counts.cancelled;
        },
      ),
      { numRuns: 300 },
    );
    // The commands get everywhere: otherwise the above would prove little.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  }, 60_000);

  it('gives every call its own result, in the order of the calls, in whatever order they end', async () => {
    let outOfOrder = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 3 }),
        async (scheduler, callsOfTurns, conversations) => {
          const ended: string[] = [];
          const provider = new ScriptedProvider(async (request, turn) => {
            await scheduler.schedule(Promise.resolve(), `answer ${promptOf(request)} ${turn}`);
            const calls = Array.from({ length: callsOfTurns[turn - 1] ?? 0 }, (_, index) => {
              const callId = `${promptOf(request)}.${turn}.${index}`;
              return { callId, name: 'wait', input: { callId } };
            });
            return { text: `turn ${turn}`, calls };
          });
          const wait = defineTool({
            name: 'wait',
            description: 'Waits.',
            effect: 'read',
            inputSchema: z.object({ callId: z.string() }),
            execute: async ({ callId }) => {
              await scheduler.schedule(Promise.resolve(), callId);
              ended.push(callId);
              return `result of ${callId}`;
            },
          });
          const agent = testAgent(provider, { tools: [wait], toolExecution: 'parallel' });
          const run = testRun(
            agent,
            Array.from({ length: conversations }, (_, index) => `p${index}`),
          );
          const events = record(run);
          run.start();
          const result = await scheduler.waitFor(run.ended());
          expect(result.counts.done).toBe(conversations);
          expect(endsPerExecution(events)).toEqual([]);
          for (const { messages } of provider.requests) {
            expect(messageProblems(messages)).toEqual([]);
            for (const message of messages) {
              if (message.role !== 'tool') continue;
              for (const { callId, content } of message.outcomes) {
                expect(content).toBe(`result of ${callId}`);
              }
            }
          }
          if (ended.join() !== ended.toSorted().join()) outOfOrder++;
        },
      ),
      { numRuns: 100 },
    );
    expect(outOfOrder).toBeGreaterThan(10);
  }, 60_000);
});
