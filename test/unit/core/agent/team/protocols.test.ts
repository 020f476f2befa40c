import { afterEach, describe, expect, it } from 'vitest';
import type { AgentDefinition } from '../../../../../src/core/base/agentDefinition.ts';
import { runResultSchema } from '../../../../../src/core/export/resultSchema.ts';
import type { ProviderId } from '../../../../../src/core/providers/provider.ts';
import { planRun } from '../../../../../src/core/runner/planRun.ts';
import type { RunPlan } from '../../../../../src/core/runner/runPlan.ts';
import { createArithmeticTools } from '../../../../../src/core/tools/arithmetic/arithmeticTools.ts';
import { MemoryFs } from '../../../../support/journal/memoryFs.ts';
import { contextOf } from '../../../../support/requests.ts';
import type { StrictModels, StrictRequest, StrictTurn } from '../../../../support/strictModels.ts';
import { startStrictModels } from '../../../../support/strictModels.ts';
import { journalOn, killedAt } from '../../../../support/teamJournal.ts';
import { agentOf, runOfPlan, teamRequest } from '../../../../support/teams.ts';

const sides = ['anthropic', 'openai'] as const;
const pairs = sides.flatMap((first) => sides.map((second) => [first, second] as const));

const price = { input: 1_000, output: 0, cacheRead: 0, cacheWrite: 0 };
const prices = {
  lead: price,
  ...{ work: { ...price, input: 10_000 }, help: { ...price, input: 100_000 } },
};

/** A lead that asks a helper and hands over to a worker, who asks the helper, too. */
function team(first: ProviderId, second: ProviderId): readonly AgentDefinition[] {
  const by = (provider: ProviderId, model: string) => ({ options: { provider, model } }) as const;
  return [
    agentOf('lead', {
      ...by(first as never, 'lead'),
      ...{ agents: ['helper'], handoffs: [{ agent: 'worker' }] },
    }),
    agentOf('worker', { ...by(second as never, 'work'), agents: ['helper'] }),
    agentOf('helper', by(first as never, 'help')),
  ];
}

const sum = (...numbers: readonly number[]) => ({ name: 'sum_numbers', input: { numbers } });

const script: { readonly [who: string]: readonly StrictTurn[] } = {
  'You are lead.': [
    { text: 'I add.', calls: [{ id: 'c1', ...sum(1, 2) }] },
    { text: 'I ask.', calls: [{ id: 'c2', name: 'ask_helper', input: { task: 'Add 3 and 4.' } }] },
    {
      text: 'I hand over.',
      calls: [
        {
          ...{ id: 'c3', name: 'transfer_to_worker' },
          input: { note: 'Do the rest.', results: ['sum_numbers', 'ask_helper'], history: true },
        },
      ],
    },
  ],
  'You are worker.': [
    { text: 'I add, too.', calls: [{ id: 'c1', ...sum(10, 20) }] },
    {
      text: 'And ask.',
      calls: [{ id: 'c2', name: 'ask_helper', input: { task: 'Add 5 and 6.' } }],
    },
    { text: 'It is 60.' },
  ],
  'You are helper.': [{ calls: [{ id: 'h1', ...sum(3, 4) }] }, { text: 'So much.' }],
};

const turnOf = ({ system, turns }: StrictRequest): StrictTurn =>
  script[system]?.[turns] ?? { text: 'Nothing.' };

let models: StrictModels;
afterEach(() => models.close());

async function planFor(first: ProviderId, second: ProviderId, texts = ['How much is it?']) {
  const plan = await planRun(
    teamRequest(team(first, second), texts, { limits: { timeoutSeconds: 1e5 } }),
    contextOf(() => undefined as never, {
      ...{ provider: first, tools: createArithmeticTools(), prices },
      resolve: (id) => models.providers.get(id)!,
    }),
  );
  // Each test has a server of its own, which stands for the same one.
  const agents = plan.origin.agents.map(({ endpoint: _, ...agent }) => agent);
  return { ...plan, origin: { ...plan.origin, agents } } satisfies RunPlan;
}

/** What each request costs: 10 tokens at the price of its model. */
const cost = (3 * 1_000 + 3 * 10_000 + 4 * 100_000) / 100_000;

describe.each(pairs)('agents of %s and %s', (first, second) => {
  it('send valid requests, turn after turn, and show who answered and what it cost', async () => {
    models = await startStrictModels(turnOf);
    const run = runOfPlan(await planFor(first, second));
    run.start();
    const result = await run.ended();
    expect(models.problems).toEqual([]);
    const [conversation] = result.conversations;
    expect(conversation).toMatchObject({ status: 'done', answer: 'It is 60.', turns: 6 });
    expect(
      conversation!.answeredBy.map(({ agent, provider, model }) => [agent, provider, model]),
    ).toEqual([
      ...[1, 2, 3].map(() => ['lead', first, 'lead']),
      ...[4, 5, 6].map(() => ['worker', second, 'work']),
    ]);
    expect(conversation!.asked).toMatchObject([
      { turn: 2, agent: 'helper', provider: first, model: 'help', answer: 'So much.', turns: 2 },
      { turn: 5, agent: 'helper', provider: first, model: 'help', answer: 'So much.', turns: 2 },
    ]);
    expect(models.requests).toHaveLength(10);
    expect(result.costUsd).toBeCloseTo(cost);
    expect(conversation!.costUsd).toBeCloseTo(cost);
    expect(result.usage.inputTokens).toBe(100);
    expect(runResultSchema.safeParse(JSON.parse(JSON.stringify(result))).error).toBeUndefined();
  });

  it('go on after the process ended anywhere, and repeat no complete turn', async () => {
    models = await startStrictModels(turnOf);
    const disk = new MemoryFs();
    const plan = await planFor(first, second);
    const whole = await killedAt(disk, plan);
    const asked = models.requests.length;
    // The first two say what the run is.
    for (let lines = 2; lines < whole.lines; lines++) {
      const before = models.requests.length;
      const kept = journalOn(disk, lines);
      const { result, keptTurns } = await kept.resume(plan);
      const [conversation] = result.conversations;
      expect([lines, conversation!.status, conversation!.answer]).toEqual([
        lines,
        'done',
        'It is 60.',
      ]);
      expect(conversation!.answeredBy.map(({ agent }) => agent)).toEqual([
        ...['lead', 'lead', 'lead', 'worker', 'worker', 'worker'],
      ]);
      expect(conversation!.asked).toHaveLength(2);
      // A nested conversation whose answer was not there starts anew.
      expect(models.requests.length - before).toBeLessThanOrEqual(asked - keptTurns);
      const most = cost + 2 * 1;
      expect(conversation!.costUsd).toBeLessThanOrEqual(most + 0.001);
      expect(conversation!.costUsd).toBeGreaterThanOrEqual(cost - 1.0001);
    }
    expect(models.problems).toEqual([]);
  });
});
