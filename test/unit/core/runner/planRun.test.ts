import { describe, expect, it } from 'vitest';
import type { ProviderId } from '../../../../src/core/providers/provider.ts';
import { planRun } from '../../../../src/core/runner/planRun.ts';
import { contextOf, requestFor } from '../../../support/requests.ts';
import { echoProvider } from '../../../support/scriptedProvider.ts';
import { agentOf, teamRequest } from '../../../support/teams.ts';

/** A context that knows every provider, and the ids it was asked for. */
function anyProvider() {
  const asked: ProviderId[] = [];
  const resolve = (id: ProviderId) => {
    asked.push(id);
    return Object.assign(echoProvider(), { id: id as 'demo' });
  };
  return { asked, context: { ...contextOf(echoProvider()), resolve } };
}

describe('the providers of a run', () => {
  it('are those of its prompts; the usual one may have no key when none needs it', async () => {
    const { asked, context } = anyProvider();
    const request = requestFor(['a', 'b']);
    const prompts = request.prompts.map((prompt) => ({
      ...prompt,
      options: { provider: 'openai', model: 'm' } as const,
    }));
    const plan = await planRun({ ...request, prompts }, context);
    expect(asked).toEqual(['openai']);
    expect(plan.agent).toMatchObject({ provider: 'openai', model: 'm' });
  });

  it('include that of the agent which the settings name', async () => {
    const { asked, context } = anyProvider();
    const agent = agentOf('a', { options: { provider: 'anthropic' } });
    const plan = await planRun(teamRequest([agent]), context);
    expect(asked).toEqual(['anthropic']);
    expect(plan.items[0]!.planned.provider).toBe('anthropic');
  });
});

describe('a plan', () => {
  it('has the price of each model that is known', async () => {
    const { context } = anyProvider();
    const price = { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 };
    const asks = (model: string) => requestFor(['a'], { model });
    const plan = async (model: string) =>
      (await planRun(asks(model), { ...context, provider: 'openai', prices: { mine: price } }))
        .items[0]!.planned;
    expect(await plan('mine')).toMatchObject({ price });
    expect(await plan('other')).not.toHaveProperty('price');
  });

  it('is refused where a limit on the cost cannot be kept for an agent that may answer', async () => {
    const { context } = anyProvider();
    const team = [
      agentOf('lead', { handoffs: [{ agent: 'worker' }] }),
      agentOf('worker', { options: { provider: 'openai', model: 'unknown-model' } }),
    ];
    const limited = teamRequest(team, ['a'], { limits: { maxCostUsd: 1 } });
    await expect(planRun(limited, context)).rejects.toThrow('price of unknown-model is not known');
    expect(await planRun(teamRequest(team), context)).toMatchObject({ simulated: true });
  });

  it('is refused with more prompts than a run may have, and names the limit as its caller does', async () => {
    const { context } = anyProvider();
    const many = requestFor(['a', 'b', 'c'], { limits: { conversations: 2 } });
    const limitKey = (name: string) => `--${name}`;
    await expect(planRun(many, { ...context, limitKey })).rejects.toThrow(
      /^3 prompts are chosen; a run may have 2\..* --conversations\.$/,
    );
  });

  it('tells prompts apart that are asked for twice', async () => {
    const { context } = anyProvider();
    const request = requestFor(['a', 'b']);
    const [a, b] = request.prompts;
    const taken = { ...b!, id: `${a!.id}-2` };
    const prompts = [a!, taken, a!, a!];
    const { items } = await planRun({ ...request, prompts }, context);
    expect(items.map(({ planned }) => planned.id)).toEqual([
      ...[a!.id, `${a!.id}-2`, `${a!.id}-3`, `${a!.id}-4`],
    ]);
  });
});
