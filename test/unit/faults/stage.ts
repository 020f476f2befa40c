import { afterEach, expect } from 'vitest';
import type { AgentLimits } from '../../../src/core/agent/agentSpec.ts';
import { defaultLimits } from '../../../src/core/agent/agentSpec.ts';
import { defaultSleepWatch } from '../../../src/core/agent/awakeClock.ts';
import type { Clock } from '../../../src/core/base/clock.ts';
import type { ApiProviderOptions } from '../../../src/core/providers/api/apiProvider.ts';
import type { Message } from '../../../src/core/providers/message.ts';
import type { Run } from '../../../src/core/runner/run.ts';
import { Runner, type RunnerOptions } from '../../../src/core/runner/runner.ts';
import type { RunEvent } from '../../../src/shared/conversationEvents.ts';
import type { ConversationResult } from '../../../src/shared/runResult.ts';
import type { FaultProtocol, ScriptedTurn } from '../../support/faults/faultProtocol.ts';
import { historyProblems } from '../../support/faults/historyProblems.ts';
import { JumpingClock } from '../../support/faults/jumpingClock.ts';
import type { LoopbackServer, Replies, Reply } from '../../support/loopback/loopbackServer.ts';
import { startLoopbackServer } from '../../support/loopback/loopbackServer.ts';
import { sseText, streamReply } from '../../support/loopback/replies.ts';
import type { TestAgentOptions } from '../../support/runs.ts';
import { record, testAgent, testRun } from '../../support/runs.ts';

export interface PlayOptions {
  readonly prompts?: readonly string[];
  /**
   * The runner's clock; without one, every wait ends at once. The policy is always the product's
   * own.
   */
  readonly clock?: Clock;
  /** All options of the runner, instead of `clock`. */
  readonly runner?: RunnerOptions;
  readonly provider?: Partial<ApiProviderOptions>;
  readonly agent?: TestAgentOptions;
  readonly limits?: Partial<AgentLimits>;
  readonly whenBlocked?: 'pause' | 'fail';
  readonly maxWaitMs?: number;
  /** Whether the server counts as local; by default it counts as a vendor's. */
  readonly isLocal?: boolean;
  /** Default `auto`. */
  readonly concurrency?: 'auto' | 'unlimited' | number;
}

/** A run with its own server. */
export interface Staged {
  readonly server: LoopbackServer;
  readonly run: Run;
  readonly events: readonly RunEvent[];
  /** The messages of each conversation that a journal would contain. */
  readonly kept: ReadonlyMap<number, readonly Message[]>;
}

/** The result of a run's first conversation. */
export interface Played extends Staged {
  readonly conversation: ConversationResult;
  readonly kept0: readonly Message[];
}

export interface Stage {
  /** Starts a run whose provider uses a real server that answers by script. */
  start(replies: Replies, options?: PlayOptions): Promise<Staged>;
  /** The same until it ends; checks that every request was valid for the API. */
  play(replies: Replies, options?: PlayOptions): Promise<Played>;
}

/** Call it within `describe`; cleans up after each test. */
export function stage(protocol: FaultProtocol): Stage {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  const start: Stage['start'] = async (replies, options = {}) => {
    const server = await startLoopbackServer(replies);
    const provider = protocol.create({
      baseUrl: server.url,
      apiKey: 'key-of-the-test',
      ...options.provider,
    });
    cleanups.push(async () => {
      run.cancel();
      provider.dispose();
      await server.close();
    });
    const kept = new Map<number, Message[]>();
    const { isLocal = false } = options;
    const agent = testAgent(
      { ...provider, isLocal },
      {
        ...options.agent,
        limits: { ...defaultLimits, timeoutMs: 1e9, ...options.limits },
      },
    );
    const run = testRun(agent, options.prompts ?? ['Go.'], {
      runner: new Runner(
        options.runner ?? (options.clock === undefined ? jumping() : { clock: options.clock }),
      ),
      whenBlocked: options.whenBlocked ?? 'fail',
      concurrency: options.concurrency ?? 'auto',
      ...(options.maxWaitMs === undefined ? {} : { maxWaitMs: options.maxWaitMs }),
      recorder: {
        event: () => undefined,
        message: (index, message) => kept.set(index, [...(kept.get(index) ?? []), message]),
        commit: () => Promise.resolve(),
      },
    });
    const events = record(run);
    run.start();
    return { server, run, events, kept };
  };
  const play: Stage['play'] = async (replies, options) => {
    const staged = await start(replies, options);
    const result = await staged.run.ended();
    for (const { body } of staged.server.requests) expect(historyProblems(body)).toEqual([]);
    return {
      ...staged,
      conversation: result.conversations[0]!,
      kept0: staged.kept.get(0) ?? [],
    };
  };
  return { start, play };
}

/** Every wait ends at once, and the skipped time does not count as sleep. */
export function jumping(clock: JumpingClock = new JumpingClock()): RunnerOptions {
  const beatMs = Number.MAX_SAFE_INTEGER;
  return { clock, sleep: { ...defaultSleepWatch, beatMs } };
}

/** A complete turn in the server's format. */
export function turnReply(protocol: FaultProtocol, turn: ScriptedTurn): Reply {
  return streamReply(sseText(protocol.events(turn)));
}

/** A conversation of three turns: two with a tool call, and the answer. */
export const undisturbed: readonly ScriptedTurn[] = [
  {
    thinking: 'First the sum.',
    text: 'I add.',
    calls: [{ id: 'call_a', name: 'sum_numbers', input: { numbers: [15, 5] } }],
  },
  { calls: [{ id: 'call_b', name: 'multiply_numbers', input: { numbers: [20, 2] } }] },
  { text: 'The answer is 40.' },
];

/** The waits that a run reported, in ms, with their reasons. */
export function waitsOf(events: readonly RunEvent[]): readonly { reason: string; ms: number }[] {
  return events.flatMap((event) =>
    event.type === 'conversation.waiting' && event.untilMs !== undefined
      ? [{ reason: event.reason, ms: Math.round(event.untilMs - event.atMs) }]
      : [],
  );
}
