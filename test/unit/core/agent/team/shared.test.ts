import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AgentDefinition } from '../../../../../src/core/base/agentDefinition.ts';
import { Redactor } from '../../../../../src/core/base/redact.ts';
import { RunLog } from '../../../../../src/core/export/runLog.ts';
import type { ModelRequest, Provider } from '../../../../../src/core/providers/provider.ts';
import { ProviderError } from '../../../../../src/core/providers/providerError.ts';
import { planRun } from '../../../../../src/core/runner/planRun.ts';
import { Runner } from '../../../../../src/core/runner/runner.ts';
import type { RunOverrides } from '../../../../../src/core/runner/runRequest.ts';
import { defineTool } from '../../../../../src/core/tools/defineTool.ts';
import { MemoryFs } from '../../../../support/journal/memoryFs.ts';
import { contextOf } from '../../../../support/requests.ts';
import { impatient, record } from '../../../../support/runs.ts';
import { never, ScriptedProvider } from '../../../../support/scriptedProvider.ts';
import { journalOn, killedAt } from '../../../../support/teamJournal.ts';
import { agentOf, planOf, runOfPlan, teamRequest } from '../../../../support/teams.ts';

const whoOf = ({ system }: ModelRequest) => system.replace(/^You are (.*)\.$/, '$1');
const isFirst = ({ messages }: ModelRequest) => messages.length === 1;

const transfer = { callId: 't', name: 'transfer_to_worker', input: { note: 'Go on.' } };
const ask = { callId: 'a', name: 'ask_worker', input: { task: 'Do it.' } };

const lead = agentOf('lead', {
  options: { provider: 'anthropic', model: 'lead' },
  ...{ agents: ['worker'], handoffs: [{ agent: 'worker' }] },
});
const worker = agentOf('worker', { options: { provider: 'openai', model: 'work' } });

/** A provider of its own id. */
function providerOf(id: Provider['id'], script: ConstructorParameters<typeof ScriptedProvider>[0]) {
  return Object.assign(new ScriptedProvider(script), { id }) as ScriptedProvider;
}

function planWith(
  providers: readonly ScriptedProvider[],
  texts: readonly string[],
  overrides: RunOverrides = {},
  agents: readonly AgentDefinition[] = [lead, worker],
) {
  return planRun(
    teamRequest(agents, texts, overrides),
    contextOf(providers[0]!, {
      provider: 'anthropic',
      resolve: (id) => providers.find((one) => one.id === id)!,
    }),
  );
}

describe('agents at several providers', () => {
  it('wait for slots of their own servers, one after another there and not for each other', async () => {
    const last = Promise.withResolvers<void>();
    const leads = providerOf('anthropic', () => {
      if (leads.requests.length === 3) last.resolve();
      return { calls: [transfer] };
    });
    const works = providerOf('openai', async () => {
      await last.promise;
      return { text: 'Done.' };
    });
    const plan = await planWith([leads, works], ['a', 'b', 'c'], { concurrency: 1 });
    const run = runOfPlan(plan);
    run.start();
    const result = await run.ended();
    expect(result.counts.done).toBe(3);
    expect([leads.maxActive, works.maxActive]).toEqual([1, 1]);
  });

  it('share the limiters with other runs', async () => {
    const works = providerOf('openai', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return { text: 'Done.' };
    });
    const leads = providerOf('anthropic', (request) =>
      isFirst(request) ? { calls: [ask] } : { text: 'So.' },
    );
    const runner = new Runner({ retry: impatient });
    const runs = await Promise.all(
      ['a', 'b', 'c'].map(async (text) =>
        runner.createRun(await planWith([leads, works], [text], { concurrency: 1 })),
      ),
    );
    for (const run of runs) run.start();
    await Promise.all(runs.map((run) => run.ended()));
    expect(works.requests).toHaveLength(3);
    expect(works.maxActive).toBe(1);
  });

  it('pause the run for the server that refuses, whichever it is', async () => {
    let isRefused = true;
    const works = providerOf('openai', () =>
      isRefused
        ? new ProviderError('The key was refused.', { kind: 'auth', blocking: true })
        : { text: 'Done.' },
    );
    const leads = providerOf('anthropic', (request) =>
      isFirst(request) ? { calls: [ask] } : { text: 'So.' },
    );
    const plan = await planWith([leads, works], ['a']);
    const run = runOfPlan({ ...plan, whenBlocked: 'pause' });
    run.start();
    await expect.poll(() => run.state.paused?.message).toBe('The key was refused.');
    isRefused = false;
    run.resume();
    expect((await run.ended()).conversations[0]).toMatchObject({ status: 'done', answer: 'So.' });
  });

  it('keep to the budget of the conversation, at the prices of their own models', async () => {
    const price = (input: number) => ({ input, output: 0, cacheRead: 0, cacheWrite: 0 });
    const leads = providerOf('anthropic', (request) =>
      isFirst(request) ? { calls: [ask] } : { text: 'So.' },
    );
    const works = providerOf('openai', () => ({ text: 'Done.' }));
    const plan = await planRun(
      teamRequest([lead, worker], ['a'], { limits: { maxConversationCostUsd: 1 } }),
      contextOf(leads, {
        ...{ provider: 'anthropic', prices: { lead: price(1), work: price(1e9) } },
        resolve: (id) => (id === 'openai' ? works : leads),
      }),
    );
    const run = runOfPlan(plan);
    run.start();
    const result = await run.ended();
    expect(works.requests).toHaveLength(0);
    expect(result.conversations[0]!.toolCalls[0]!.output).toContain('cost limit reached');
  });
});

describe('a conversation that was handed over', () => {
  const sum = (callId: string) => ({ callId, name: 'sum_numbers', input: { numbers: [1, 2] } });

  /** A run whose turns are used up after the hand-over. */
  async function stoppedRun() {
    let works = 0;
    const provider = new ScriptedProvider((request) => {
      if (whoOf(request) === 'lead') return { calls: [transfer] };
      works++;
      if (request.toolChoice === 'none') return { text: 'Not yet.' };
      return works < 4 ? { calls: [sum(`s${works}`)] } : { text: 'Three.' };
    });
    const free = [agentOf('lead', { handoffs: [{ agent: 'worker' }] }), agentOf('worker')];
    const plan = await planOf(teamRequest(free, ['x'], { limits: { maxTurns: 3 } }), provider);
    const run = runOfPlan(plan);
    run.start();
    await run.ended();
    return { run, provider };
  }

  it('goes on with the agent that has it when a limit was raised', async () => {
    const { run, provider } = await stoppedRun();
    expect(run.state.conversations[0]).toMatchObject({ phase: 'stopped', reason: 'max_turns' });
    const before = provider.requests.length;
    run.continue([0]);
    expect((await run.ended()).conversations[0]).toMatchObject({
      status: 'done',
      answer: 'Three.',
    });
    const after = provider.requests.slice(before);
    expect(new Set(after.map(whoOf))).toEqual(new Set(['worker']));
    expect(run.state.conversations[0]!.turns.map(({ by }) => by.agent)).toEqual([
      'lead',
      ...run.state.conversations[0]!.turns.slice(1).map(() => 'worker'),
    ]);
  });

  it('starts with the first agent when it is run again', async () => {
    const { run, provider } = await stoppedRun();
    const before = provider.requests.length;
    run.rerun([0]);
    await run.ended();
    expect(whoOf(provider.requests[before]!)).toBe('lead');
    expect(run.state.conversations[0]!.turns[0]!.by.agent).toBe('lead');
    expect(run.state.conversations[0]!.answer).toBe('Three.');
  });
});

describe('a nested conversation', () => {
  it('is over before the conversation that is cancelled', async () => {
    const provider = new ScriptedProvider((request) => {
      if (whoOf(request) === 'lead') return { calls: [ask] };
      return (_request, signal) =>
        never(signal).catch(async (error: unknown) => {
          await new Promise((resolve) => setImmediate(resolve));
          throw error;
        });
    });
    const run = runOfPlan(await planOf(teamRequest([lead, worker]), provider));
    const events = record(run);
    run.start();
    await expect.poll(() => provider.requests.length).toBe(2);
    run.cancel();
    await run.ended();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(events.slice(-4).map(({ type }) => type)).toEqual([
      'conversation.finished',
      'tool.finished',
      'conversation.finished',
      'run.finished',
    ]);
    expect(events.at(-4)).toMatchObject({ within: ['1 a'], status: 'cancelled' });
    expect(events.at(-2)).not.toHaveProperty('within');
  });

  it('that has changed something is not held again after the process ended in it', async () => {
    let changes = 0;
    const change = defineTool({
      ...{ name: 'change', description: 'Changes it.', effect: 'write' },
      inputSchema: z.object({}),
      execute: () => {
        changes++;
        return 'changed';
      },
    });
    const provider = new ScriptedProvider((request) => {
      if (whoOf(request) === 'lead') return isFirst(request) ? { calls: [ask] } : { text: 'So.' };
      return isFirst(request)
        ? { calls: [{ callId: 'x', name: 'change', input: {} }] }
        : { text: 'Ok.' };
    });
    const free = [
      agentOf('lead', { agents: ['worker'], options: { tools: ['change'] } }),
      agentOf('worker', { options: { tools: ['change'] } }),
    ];
    const plan = await planOf(teamRequest(free), provider, { tools: [change] });
    const disk = new MemoryFs();
    const { lines } = await killedAt(disk, plan);
    expect(changes).toBe(1);
    const outputs = new Set<string>();
    for (let kept = 2; kept < lines; kept++) {
      changes = 0;
      const { result } = await journalOn(disk, kept).resume(plan);
      const [conversation] = result.conversations;
      expect(conversation).toMatchObject({ status: 'done', answer: 'So.' });
      const wasBegun = disk
        .text('/journals/01KAF1XYZ0ABCDEFGHJKMNPQRS/journal.jsonl')
        .split('\n')
        .slice(0, kept)
        .some((line) => line.includes('"k":"intent"'));
      expect([kept, changes]).toEqual([kept, wasBegun ? 0 : 1]);
      outputs.add(conversation!.toolCalls[0]!.output.slice(0, 40));
    }
    expect([...outputs]).toContain('The outcome of this call is unknown: it ');
  });

  it('proposes edits as those of the call that holds it, wherever the process ends', async () => {
    const propose = defineTool({
      ...{ name: 'propose', description: 'Proposes it.', effect: 'write', isProposal: true },
      inputSchema: z.object({ path: z.string() }),
      execute: ({ path }, { overlay, callId }) => {
        overlay?.put(callId, [{ path, base: null, text: 'new' }]);
        return 'proposed';
      },
    });
    const edit = (path: string) => ({ callId: 'e', name: 'propose', input: { path } });
    const provider = new ScriptedProvider((request, turn) => {
      if (whoOf(request) === 'worker')
        return isFirst(request) ? { calls: [edit('b.txt')] } : { text: 'Ok.' };
      return [{ calls: [edit('a.txt')] }, { calls: [ask] }][turn - 1] ?? { text: 'So.' };
    });
    const options = { tools: ['propose'] };
    const team = [agentOf('lead', { agents: ['worker'], options }), agentOf('worker', { options })];
    const plan = await planOf(teamRequest(team), provider, { tools: [propose] });
    const disk = new MemoryFs();
    const { lines, result } = await killedAt(disk, plan);
    const proposed = ['a.txt', 'b.txt'].map((path) => expect.objectContaining({ path }));
    expect(result.conversations[0]!.proposals).toEqual(proposed);
    for (let kept = 2; kept < lines; kept++) {
      const { result: again, proposals } = await journalOn(disk, kept).resume(plan);
      expect([kept, again.conversations[0]!.status]).toEqual([kept, 'done']);
      expect(again.conversations[0]!.proposals).toEqual(proposed);
      expect(proposals).toEqual(['a.txt', 'b.txt']);
    }
  });

  it('hides keys, also of several that stream at once', async () => {
    const key = 'sk-test-0123456789abcdef0123456789';
    const redactor = new Redactor();
    redactor.add(key);
    const provider = new ScriptedProvider((request) => {
      if (whoOf(request) === 'lead') {
        const calls = ['a1', 'a2'].map((callId) => ({ ...ask, callId }));
        return isFirst(request) ? { calls } : { text: 'So.' };
      }
      return { text: `The key is ${key}.` };
    });
    const plan = await planOf(
      teamRequest([lead, worker], ['x'], { toolExecution: 'parallel' }),
      provider,
    );
    const run = new Runner({ retry: impatient, redactor }).createRun(plan);
    const events = record(run);
    run.start();
    await run.ended();
    expect(JSON.stringify(events)).not.toContain(key);
    expect(JSON.stringify(run.state)).not.toContain(key);
    expect(JSON.stringify(provider.requests.at(-1)!.messages)).not.toContain(key);
  });

  it('shows in the log with the agents that lead to it', async () => {
    const provider = new ScriptedProvider((request) => {
      if (whoOf(request) === 'lead') return isFirst(request) ? { calls: [ask] } : { text: 'So.' };
      return { text: 'Ok.' };
    });
    const run = runOfPlan(await planOf(teamRequest([lead, worker]), provider));
    const log = { interleaved: [] as string[], grouped: [] as string[] };
    const logs = (['interleaved', 'grouped'] as const).map(
      (order) => [order, new RunLog(run.state, order)] as const,
    );
    run.onEvent((event) => {
      for (const [order, lines] of logs) log[order].push(...lines.lines(event));
    });
    run.start();
    await run.ended();
    const text = log.interleaved.join('\n');
    expect(text).toMatch(/p1\/1 {2}p0 +t1 {2}⇢ asks worker \(demo work\): Do it\./);
    expect(text).toMatch(/p1\/1 {2}p0 +t1 {2}worker > t1 · answers/);
    expect(text).toMatch(/p1\/1 {2}p0 +t1 {2}worker > ✓ done/);
    expect(log.grouped.filter((line) => line.includes('p1/1'))).toEqual(
      log.interleaved.filter((line) => line.includes('p1/1')),
    );
  });
});
