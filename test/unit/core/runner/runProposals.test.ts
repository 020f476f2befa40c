import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { defineTool } from '../../../../src/core/tools/defineTool.ts';
import { record, testAgent, testRun } from '../../../support/runs.ts';
import type { Reply } from '../../../support/scriptedProvider.ts';
import { ScriptedProvider } from '../../../support/scriptedProvider.ts';

/** Proposes a new file. */
const propose = defineTool({
  ...{ name: 'propose', description: 'Proposes.', effect: 'write', isProposal: true },
  inputSchema: z.strictObject({}),
  execute: (_, { callId, overlay }) => {
    overlay?.put(callId, [{ path: 'a.ts', base: null, text: 'one\n' }]);
    return 'Proposed.';
  },
});

/** A run whose conversation has proposed a file and failed then. Next it gets this reply. */
async function failedRun(next: Reply) {
  const failure = new ProviderError('gone', { kind: 'not_found' });
  const replies: Reply[] = [
    { calls: [{ callId: 'c', name: 'propose', input: {} }] },
    failure,
    next,
  ];
  const provider = new ScriptedProvider(() => replies.shift() ?? new Error('asked too often'));
  const run = testRun(testAgent(provider, { tools: [propose] }), ['a']);
  const events = record(run);
  run.start();
  await run.ended();
  return { run, events };
}

const file = { path: 'a.ts', kind: 'create', added: 1, removed: 0 };

describe('what a conversation proposes', () => {
  it('stays when the conversation goes on', async () => {
    const { run, events } = await failedRun({ text: 'Done.' });
    expect(run.state.conversations[0]!.proposals).toEqual([file]);
    run.continue([0]);
    expect(events.at(-1)).toMatchObject({ type: 'conversation.resumed', proposals: [file] });
    const { conversations } = await run.ended();
    expect(conversations[0]).toMatchObject({ status: 'done', proposals: [file] });
    expect(run.proposals()).toMatchObject([{ files: [{ path: 'a.ts', text: 'one\n' }] }]);
  });

  it('is gone when the conversation starts from its prompt', async () => {
    const { run } = await failedRun({ text: 'Nothing to do.' });
    expect(run.proposals()).toHaveLength(1);
    run.rerun([0]);
    const { conversations } = await run.ended();
    expect(conversations[0]).not.toHaveProperty('proposals');
    expect(run.proposals()).toEqual([]);
  });

  it('is not mentioned where it is nothing', async () => {
    const busy = () => new ProviderError('gone', { kind: 'not_found' });
    const replies: Reply[] = [
      { calls: [{ callId: 'c', name: 'sum_numbers', input: { numbers: [1] } }] },
      busy(),
      { text: 'One.' },
    ];
    const run = testRun(testAgent(new ScriptedProvider(() => replies.shift() ?? busy())), ['a']);
    const events = record(run);
    run.start();
    await run.ended();
    run.continue([0]);
    const resumed = events.find(({ type }) => type === 'conversation.resumed');
    expect(resumed).not.toHaveProperty('proposals');
    await run.ended();
  });
});
