import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultLimits } from '../../../src/core/agent/agentSpec.ts';
import { tokenBound } from '../../../src/core/limiter/tokenBound.ts';
import type { Message } from '../../../src/core/providers/message.ts';
import type { ModelTurn, Provider, TurnObserver } from '../../../src/core/providers/provider.ts';
import { ProviderError } from '../../../src/core/providers/providerError.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import type { ModelPrice } from '../../../src/shared/modelPrice.ts';
import { noUsage } from '../../../src/shared/usage.ts';
import { ManualClock } from '../manualClock.ts';
import { impatient, planned, testAgent, testRun } from '../runs.ts';
import { ScriptedProvider } from '../scriptedProvider.ts';

const price: ModelPrice = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 };

/** A provider whose answers have random sizes, within the request's limit, and end at random. */
class SpendingProvider extends ScriptedProvider {
  readonly #clock: ManualClock;
  readonly #random: () => number;
  readonly #shares = new Map<string, number>();

  constructor(clock: ManualClock, random: () => number) {
    super(() => ({ text: 'x' }));
    this.#clock = clock;
    this.#random = random;
  }

  override async turn(
    ...[request, observer, signal]: Parameters<Provider['turn']>
  ): Promise<ModelTurn> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#clock.after(this.#random() * 10_000, resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    const { system, tools, messages } = request;
    const texts = [system, JSON.stringify(tools), ...messages.map(contentOf)];
    const inputTokens = texts.reduce((sum, text) => sum + this.#tokensIn(text), 0);
    const outputTokens = Math.ceil(request.maxOutputTokens * this.#random());
    const usage = { ...noUsage, inputTokens, outputTokens };
    return this.#end(usage, observer, signal);
  }

  /** Deterministic, and never more tokens than a text can have. */
  #tokensIn(text: string): number {
    const share = this.#shares.get(text) ?? this.#random();
    this.#shares.set(text, share);
    return Math.ceil(tokenBound(text) * share);
  }

  #end(usage: ModelTurn['usage'], observer: TurnObserver, signal: AbortSignal): ModelTurn {
    const luck = this.#random();
    if (signal.aborted || luck < 0.15) {
      observer.onSpent?.(usage);
      if (signal.aborted) throw signal.reason;
      throw new ProviderError('It broke off.', { kind: 'network', code: 'ECONNRESET' });
    }
    const calls = [{ callId: `c${luck}`, name: 'sum_numbers', input: { numbers: [luck] } }];
    const wantsMore = luck < 0.5;
    const message = { role: 'assistant', text: 'x', toolCalls: wantsMore ? calls : [], native: [] };
    return { message, stop: wantsMore ? 'tool_calls' : 'final', usage } as ModelTurn;
  }
}

/** A run under limits: its requests and the max cost. */
const schedule = fc.record({
  seed: fc.integer(),
  prompts: fc.array(fc.string({ maxLength: 200 }), { minLength: 1, maxLength: 12 }),
  concurrency: fc.constantFrom<'unlimited' | number>(1, 2, 5, 16, 'unlimited'),
  maxOutputTokens: fc.integer({ min: 1, max: 4_000 }),
  maxCostUsd: fc.option(fc.double({ min: 0.02, max: 1, noNaN: true }), { nil: undefined }),
  maxConversationCostUsd: fc.option(fc.double({ min: 0.02, max: 0.5, noNaN: true }), {
    nil: undefined,
  }),
  maxRunTokens: fc.option(fc.integer({ min: 4_000, max: 60_000 }), { nil: undefined }),
  maxConversationTokens: fc.option(fc.integer({ min: 4_000, max: 20_000 }), { nil: undefined }),
  maxRunTurns: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
  cancelled: fc.option(fc.nat(11), { nil: undefined }),
});

/** What a message adds to the input; an answer that is sent back was counted as output. */
function contentOf(message: Message): string {
  if (message.role === 'assistant') return '';
  return message.role === 'user' ? message.text : JSON.stringify(message.outcomes);
}

/** What was played, for the figures. */
export interface ScheduleCounts {
  schedules: number;
  requests: number;
  /** Runs that stopped conversations because no request fitted the budget any more. */
  stopped: number;
}

/** Plays random schedules. Throws when a request exceeds a limit. */
export async function playSchedules(numRuns: number): Promise<ScheduleCounts> {
  const counts: ScheduleCounts = { schedules: 0, requests: 0, stopped: 0 };
  const property = fc.asyncProperty(schedule, (at) => playSchedule(at, counts));
  await fc.assert(property, { numRuns });
  return counts;
}

type Schedule = typeof schedule extends fc.Arbitrary<infer S> ? S : never;

async function playSchedule(at: Schedule, counts: ScheduleCounts): Promise<void> {
  let state = at.seed >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const clock = new ManualClock(random);
  const provider = new SpendingProvider(clock, random);
  const limits = { ...defaultLimits, maxOutputTokens: at.maxOutputTokens, maxTurns: 6 };
  const agent = testAgent(provider, { limits });
  const items = at.prompts.map((prompt, index) => {
    return { planned: { ...planned(prompt || 'x', index), price }, agent };
  });
  const { maxCostUsd, maxConversationCostUsd, maxRunTokens } = at;
  const { maxConversationTokens, maxRunTurns } = at;
  const runner = new Runner({ clock, retry: impatient });
  const run = testRun(agent, [], {
    ...{ items, concurrency: at.concurrency, warmUpCache: false, runner },
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
    ...(maxConversationCostUsd === undefined ? {} : { maxConversationCostUsd }),
    ...(maxRunTokens === undefined ? {} : { maxRunTokens }),
    ...(maxConversationTokens === undefined ? {} : { maxConversationTokens }),
    ...(maxRunTurns === undefined ? {} : { maxRunTurns }),
  });
  const check = (): void => {
    const { knownCostUsd, usage, conversations } = run.state;
    const maxCost = Math.max(...conversations.map(({ cost }) => cost.knownCostUsd));
    assert.ok(knownCostUsd <= (maxCostUsd ?? 1e9) + 1e-9, 'the cost of the run');
    assert.ok(maxCost <= (maxConversationCostUsd ?? 1e9) + 1e-9, 'the cost of a conversation');
    assert.ok(usage.inputTokens + usage.outputTokens <= (maxRunTokens ?? 1e9), 'the tokens');
    const own = conversations.map((one) => one.usage.inputTokens + one.usage.outputTokens);
    assert.ok(Math.max(...own) <= (maxConversationTokens ?? 1e9), 'the tokens of a conversation');
    assert.ok(run.state.turns <= (maxRunTurns ?? 1e9), 'the turns');
  };
  // Check after every event, so that later corrections hide nothing.
  run.onEvent(check);
  run.start();
  await clock.advance(5_000);
  if (at.cancelled !== undefined) run.cancelConversation(at.cancelled % items.length);
  await clock.drain(10_000_000);
  const ended = await run.ended();
  check();
  counts.schedules++;
  counts.requests += run.state.conversations.reduce((sum, { attempts }) => sum + attempts, 0);
  if (ended.conversations.some(({ reason }) => reason === 'budget')) counts.stopped++;
}
