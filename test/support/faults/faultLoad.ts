import { startSimulator } from '../../../bench/simulator/server.ts';
import { defaultSettings, type FaultKind } from '../../../bench/simulator/settings.ts';
import {
  expectedAnswer,
  promptOf,
  requestsPerConversation,
} from '../../../bench/workload/workload.ts';
import { defaultLimits } from '../../../src/core/agent/agentSpec.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import { createArithmeticTools } from '../../../src/core/tools/arithmetic/arithmeticTools.ts';
import { testAgent, testRun } from '../runs.ts';
import { seededRandom } from '../seededRandom.ts';
import type { FaultProtocol } from './faultProtocol.ts';
import { scaledClock } from './scaledClock.ts';

/** Injected faults, in equal parts: refusals, overload, resets and clean ends in mid-stream. */
const kinds: readonly FaultKind[] = ['rate_limited', 'overloaded', 'reset', 'cut'];

/** Many conversations at once against the simulator, with faults at a rate. */
export interface FaultLoad {
  readonly protocol: FaultProtocol;
  readonly conversations: number;
  /** The total share of requests that fail. */
  readonly rate: number;
  readonly seed: number;
  /** Factor by which waits are faster than real time. */
  readonly speed: number;
}

export interface FaultLoadFigures {
  readonly finished: number;
  /** Finished with the one right answer. */
  readonly right: number;
  /** Finished after a rerun of the failed ones. */
  readonly finishedAfterRerun: number;
  readonly requests: number;
  readonly invalidRequests: number;
  readonly needed: number;
  readonly wallMs: number;
  readonly firstError?: string;
}

/** Runs conversations of four requests each with a strict server that fails at random. */
export async function runFaultLoad(load: FaultLoad): Promise<FaultLoadFigures> {
  const { protocol, conversations, rate, seed, speed } = load;
  const faults = { rate: rate / kinds.length, kinds, per: 'request', conversations } as const;
  const simulator = await startSimulator({ ...defaultSettings, seed, ttfbMs: 2, faults });
  const provider = protocol.create({ baseUrl: simulator.url, apiKey: 'a-key-for-the-test' });
  try {
    const names = ['sum_numbers', 'multiply_numbers'];
    const agent = testAgent(provider, {
      tools: createArithmeticTools().filter(({ name }) => names.includes(name)),
      model: protocol.name === 'anthropic' ? 'claude-sonnet-5-5' : 'gpt-6.1-sol',
      limits: { ...defaultLimits, timeoutMs: 1e9 },
    });
    const prompts = Array.from({ length: conversations }, (_, index) => promptOf(index));
    const runner = new Runner({ clock: scaledClock(speed, seededRandom(seed)) });
    const run = testRun(agent, prompts, { runner, concurrency: 64 });
    const startMs = performance.now();
    run.start();
    const first = await run.ended();
    const wallMs = performance.now() - startMs;
    const failed = first.conversations.filter(({ status }) => status !== 'done');
    run.rerun(failed.map(({ index }) => index));
    const second = failed.length === 0 ? first : await run.ended();
    const stats = (await (await fetch(`${simulator.url}/stats`)).json()) as {
      readonly requests: number;
      readonly invalid: number;
    };
    const firstError = failed[0]?.error?.message;
    return {
      finished: first.counts.done,
      right: first.conversations.filter(
        ({ status, answer, index }) => status === 'done' && answer === expectedAnswer(seed, index),
      ).length,
      finishedAfterRerun: second.counts.done,
      requests: stats.requests,
      invalidRequests: stats.invalid,
      needed: conversations * requestsPerConversation,
      wallMs,
      ...(firstError === undefined ? {} : { firstError }),
    };
  } finally {
    provider.dispose();
    await simulator.close();
  }
}
