import { describe, expect, it } from 'vitest';
import type { AgentDefinition } from '../../../../../src/core/base/agentDefinition.ts';
import type { ModelRequest } from '../../../../../src/core/providers/provider.ts';
import { Runner } from '../../../../../src/core/runner/runner.ts';
import { AskingTools, command } from '../../../../support/approvals/askingRuns.ts';
import { tools as known, rulesOf } from '../../../../support/approvals/ruleFixtures.ts';
import { noRules } from '../../../../support/requests.ts';
import { impatient } from '../../../../support/runs.ts';
import type { Reply } from '../../../../support/scriptedProvider.ts';
import { ScriptedProvider } from '../../../../support/scriptedProvider.ts';
import { agentOf, planOf, teamRequest } from '../../../../support/teams.ts';

const named = { options: { tools: ['run_command', 'sum_numbers'] } };
const lead = agentOf('lead', {
  ...named,
  ...{ agents: ['worker'], handoffs: [{ agent: 'worker' }] },
});
const worker = agentOf('worker', named);

const ask = { callId: 'a', name: 'ask_worker', input: { task: 'Test it.' } };
const transfer = { callId: 't', name: 'transfer_to_worker', input: { note: 'Test it.' } };

/** Starts a run of the lead; each agent answers with its replies, in order. */
async function start(
  script: { readonly [agent: string]: readonly Reply[] },
  { rules = '', isUnattended = false, agents = [lead, worker] as readonly AgentDefinition[] } = {},
) {
  const whoOf = ({ system }: ModelRequest) => system.replace(/^You are (.*)\.$/, '$1');
  const left = new Map(Object.entries(script).map(([name, replies]) => [name, [...replies]]));
  const provider = new ScriptedProvider(
    (request) => left.get(whoOf(request))?.shift() ?? new Error(`${whoOf(request)} asked again`),
  );
  const tools = new AskingTools();
  const read = rulesOf(rules);
  const plan = await planOf({ ...teamRequest(agents), interactive: !isUnattended }, provider, {
    tools: tools.all,
    rules: { ...noRules, tools: known, current: () => read },
  });
  const runner = new Runner({ retry: impatient });
  const run = runner.createRun(plan);
  run.start();
  const { inbox } = runner;
  return { run, inbox, tools, provider };
}

const asked = (inbox: Runner['inbox'], count = 1) =>
  expect.poll(() => inbox.requests().length).toBe(count);

describe('calls of several agents', () => {
  it('are decided for the agent that makes them: what one may do, another may not', async () => {
    const { run, inbox, tools } = await start({
      lead: [{ calls: [command('npm test', 'c1')] }, { calls: [transfer] }],
      worker: [{ calls: [command('npm test', 'c2')] }, { text: 'Done.' }],
    });
    await asked(inbox);
    const [first] = inbox.requests();
    expect(first).toMatchObject({ agent: 'lead', turn: 1, callId: 'c1' });
    await inbox.decide({ kind: 'rule', request: first!.id, form: 'exact', scope: 'run' });
    await expect.poll(() => inbox.requests()[0]?.agent).toBe('worker');
    expect(tools.ran).toHaveLength(1);
    await inbox.decide({ kind: 'allow', requests: [inbox.requests()[0]!.id] });
    expect((await run.ended()).conversations[0]!.answer).toBe('Done.');
    expect(tools.ran).toHaveLength(2);
  });

  it('are asked about within the nested conversation, and shown there when they are decided', async () => {
    const { run, inbox } = await start({
      lead: [{ calls: [ask] }, { text: 'So.' }],
      worker: [{ calls: [command('npm test', 'c')] }, { text: 'Done.' }],
    });
    await asked(inbox);
    expect(inbox.requests()[0]).toMatchObject({
      ...{ agent: 'worker', turn: 1, callId: 'c', within: ['1 a'] },
    });
    expect(run.state.conversations[0]!.phase).toBe('waiting');
    await inbox.decide({ kind: 'allow', requests: [inbox.requests()[0]!.id] });
    await run.ended();
    const nested = run.state.conversations[0]!.asked![0]!.state;
    expect(nested.toolCalls[0]).toMatchObject({
      ...{ state: 'ended', decision: { verdict: 'allow', by: { kind: 'person' } } },
    });
  });

  it('that are asked about at the same place of two nested conversations are two requests', async () => {
    const both = agentOf('lead', { ...named, agents: ['x', 'y'] });
    const asks = ['x', 'y'].map((agent) => ({
      ...{ callId: `to-${agent}`, name: `ask_${agent}`, input: { task: 'Test it.' } },
    }));
    const parallel = { options: { ...named.options, tools: ['fetch_url'] } } as const;
    const { run, inbox } = await start(
      {
        lead: [{ calls: asks }, { text: 'So.' }],
        x: [
          { calls: [{ callId: 'c', name: 'fetch_url', input: { url: 'https://a.example/' } }] },
          { text: 'X' },
        ],
        y: [
          { calls: [{ callId: 'c', name: 'fetch_url', input: { url: 'https://a.example/' } }] },
          { text: 'Y' },
        ],
      },
      {
        agents: [
          { ...both, options: { tools: ['fetch_url'], toolExecution: 'parallel' } },
          agentOf('x', parallel),
          agentOf('y', parallel),
        ],
      },
    );
    await asked(inbox, 2);
    await inbox.decide({ kind: 'allow', requests: inbox.requests().map(({ id }) => id) });
    expect((await run.ended()).conversations[0]).toMatchObject({ status: 'done', answer: 'So.' });
  });

  it('end the whole conversation when a person denies one of them and ends it', async () => {
    const { run, inbox } = await start({
      lead: [{ calls: [ask] }],
      worker: [{ calls: [command('npm test', 'c')] }],
    });
    await asked(inbox);
    await inbox.decide({ kind: 'deny', requests: [inbox.requests()[0]!.id], also: 'conversation' });
    expect((await run.ended()).conversations[0]).toMatchObject({
      ...{ status: 'stopped', reason: 'denied' },
    });
  });

  it('are denied where nobody watches, and the run can be resumed when they are allowed', async () => {
    const { run, tools } = await start(
      {
        lead: [{ calls: [ask] }, { text: 'I could not.' }],
        worker: [{ calls: [command('npm test', 'c')] }, { text: 'I could not.' }],
      },
      { isUnattended: true },
    );
    expect((await run.ended()).conversations[0]).toMatchObject({
      ...{ status: 'stopped', reason: 'needs_approval' },
    });
    expect(tools.ran).toEqual([]);
  });

  it('may be forbidden by rules: tools of one agent, and the ways to another', async () => {
    const { run, provider } = await start(
      { lead: [{ calls: [ask] }, { text: 'So.' }], worker: [{ text: 'Done.' }] },
      { rules: 'deny sum_numbers agent=worker\ndeny transfer_to_worker' },
    );
    await run.ended();
    const toolsOf = (at: number) => provider.requests[at]!.tools.map(({ name }) => name);
    expect(toolsOf(0)).toEqual(['ask_worker', 'run_command', 'sum_numbers']);
    expect(toolsOf(1)).toEqual(['run_command']);
  });
});
