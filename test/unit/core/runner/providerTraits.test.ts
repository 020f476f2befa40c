import { describe, expect, it } from 'vitest';
import { RunLog } from '../../../../src/core/export/runLog.ts';
import type { ModelInfo } from '../../../../src/core/providers/modelInfo.ts';
import type {
  ModelRequest,
  ModelTurn,
  ProviderId,
  TurnObserver,
} from '../../../../src/core/providers/provider.ts';
import { planRun } from '../../../../src/core/runner/planRun.ts';
import type { RunOverrides } from '../../../../src/core/runner/runRequest.ts';
import type { RunEvent } from '../../../../src/shared/conversationEvents.ts';
import { toRunResult } from '../../../../src/shared/runResult.ts';
import { noUsage } from '../../../../src/shared/usage.ts';
import { contextOf, requestFor } from '../../../support/requests.ts';
import { testAgent, testRun } from '../../../support/runs.ts';
import { echoProvider, ScriptedProvider } from '../../../support/scriptedProvider.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const prompts = Array.from({ length: 12 }, (_, index) => `p${index}`);

/** A provider with traits of its own, as VS Code's models have them. */
class PeculiarProvider extends ScriptedProvider {
  readonly defaultConcurrency = 2;

  override async turn(
    request: ModelRequest,
    observer: TurnObserver,
    signal: AbortSignal,
  ): Promise<ModelTurn> {
    observer.onNote?.('No effort is sent.');
    observer.onThinking?.('Hm.');
    const turn = await super.turn(request, observer, signal);
    return { ...turn, usage: { ...noUsage, incomplete: true } };
  }
}

function peculiar(): PeculiarProvider {
  return new PeculiarProvider(async () => {
    await pause(2);
    return { text: 'x' };
  });
}

describe('a provider that knows how many requests it takes', () => {
  it('gets no more at once, unless a person has set a number', async () => {
    const careful = peculiar();
    const run = testRun(testAgent(careful), prompts, { concurrency: 'auto' });
    run.start();
    await run.ended();
    expect(careful.maxActive).toBe(2);
    const pressed = peculiar();
    const other = testRun(testAgent(pressed), prompts, { concurrency: 5 });
    other.start();
    await other.ended();
    expect(pressed.maxActive).toBe(5);
  });
});

describe('a provider that has something to note', () => {
  it('is heard once a run, in the log too, and its thinking is no line of its own', async () => {
    const run = testRun(testAgent(peculiar()), prompts);
    const log = new RunLog(run.state, 'interleaved');
    const lines: string[] = [];
    const events: RunEvent[] = [];
    run.onEvent((event) => {
      events.push(event);
      lines.push(...log.lines(event));
    });
    run.start();
    await run.ended();
    expect(run.state.notes).toEqual(['No effort is sent.']);
    expect(lines.filter((line) => line.includes('No effort is sent.'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('Hm.'))).toEqual([]);
    expect(events.filter(({ type }) => type === 'turn.thinking')).toHaveLength(prompts.length);
    const numbers = events.flatMap((event) => ('seq' in event ? [event.seq] : []));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});

describe('a provider that reports no usage', () => {
  it('costs an unknown amount, never nothing, even where the price is known', async () => {
    const price = { input: 1, output: 1, cacheRead: 1, cacheWrite: 1 };
    const agent = testAgent(peculiar());
    const planned = { id: 'f#a', name: 'a', prompt: 'a', provider: 'x', model: 'm', price };
    const run = testRun(agent, [], { items: [{ planned, agent }] });
    const log = new RunLog(run.state, 'interleaved');
    const lines: string[] = [];
    run.onEvent((event) => void lines.push(...log.lines(event)));
    run.start();
    await run.ended();
    const result = toRunResult(run.state);
    expect(result.costUsd).toBeNull();
    expect(result.conversations[0]!.costUsd).toBeNull();
    expect(lines.join('\n')).toContain('tokens not reported');
  });
});

describe("VS Code's models in a plan", () => {
  const context = { provider: 'vscode' } as const;
  const asks = (overrides: RunOverrides = {}) => requestFor(['a'], overrides);

  function offering(models: readonly ModelInfo[]): ScriptedProvider {
    return Object.assign(echoProvider(), {
      id: 'vscode' as ProviderId,
      listModels: async () => models,
    }) as ScriptedProvider;
  }

  it('are asked for by the name of the first one that can call tools', async () => {
    const provider = offering([{ id: 'v/a', toolCalling: false }, { id: 'v/b' }, { id: 'v/c' }]);
    const plan = await planRun(asks(), contextOf(provider, context));
    expect(plan.items[0]!.planned.model).toBe('v/b');
    expect(plan.agent.model).toBe('v/b');
    const chosen = await planRun(asks({ model: 'v/c' }), contextOf(provider, context));
    expect(chosen.items[0]!.planned.model).toBe('v/c');
  });

  it('cannot be asked for when there are none', async () => {
    const plan = planRun(asks(), contextOf(offering([]), context));
    await expect(plan).rejects.toThrow('VS Code offers no language model here');
  });

  it('cannot be kept to a cost limit, whatever price a person has given them', async () => {
    const prices = { 'v/b': { input: 1, output: 1, cacheRead: 1, cacheWrite: 1 } };
    const limited = asks({ limits: { maxCostUsd: 1 } });
    const plan = planRun(limited, contextOf(offering([{ id: 'v/b' }]), { ...context, prices }));
    await expect(plan).rejects.toThrow('do not say how many tokens they use');
  });
});
