import { describe, expect, it } from 'vitest';
import type { RunRecorder } from '../../../../src/core/runner/runPlan.ts';
import { command, idsOf, startAsking } from '../../../support/approvals/askingRuns.ts';
import { settled } from '../../../support/settled.ts';

const note =
  'Calls that were not allowed before may be allowed now. Make those that you still need once more, and then give your answer.';

/** The texts that the user's side of a conversation said, as the model last got them. */
function said({ provider }: ReturnType<typeof startAsking>): readonly string[] {
  const messages = provider.requests.at(-1)?.messages ?? [];
  return messages.flatMap((message) => (message.role === 'user' ? [message.text] : []));
}

describe('a conversation that was denied a call because nobody was there to ask', () => {
  it('gives its answer without, and is not done', async () => {
    const { run, provider } = startAsking([command('npm test')], { isUnattended: true });
    const { conversations } = await run.ended();
    expect(conversations).toMatchObject([
      { status: 'stopped', reason: 'needs_approval', answer: 'the end' },
    ]);
    expect(conversations[0]?.toolCalls).toMatchObject([
      { decision: { verdict: 'deny', by: { kind: 'nobody', why: 'No rule allows it.' } } },
    ]);
    const told = provider.requests[1]?.messages.at(-1);
    expect(told).toMatchObject({
      outcomes: [{ isError: true, content: expect.stringMatching(/^Not allowed: .* Go on/) }],
    });
  });

  it('goes on when it is allowed, and the model is told that it may ask again', async () => {
    let rules = '';
    const calls = (_: string, turn: number) => (turn % 2 === 1 ? [command('npm test')] : []);
    const play = startAsking(calls, { isUnattended: true, rules: () => rules });
    await play.run.ended();
    rules = 'allow run_command(npm test)';
    play.run.continue([0]);
    const { conversations } = await play.run.ended();
    expect(conversations).toMatchObject([{ status: 'done', turns: 4 }]);
    expect(play.tools.ran).toHaveLength(1);
    expect(said(play)).toEqual(['p', note]);
  });

  it('is not done if it is denied again', async () => {
    const calls = (_: string, turn: number) => (turn % 2 === 1 ? [command('npm test')] : []);
    const play = startAsking(calls, { isUnattended: true });
    await play.run.ended();
    play.run.continue([0]);
    const { conversations } = await play.run.ended();
    expect(conversations).toMatchObject([{ status: 'stopped', reason: 'needs_approval' }]);
  });

  it('is stopped for it, and not for going in circles, when it asks turn after turn', async () => {
    let rules = '';
    const calls = (_: string, turn: number) => (turn <= 5 ? [command(`npm run t${turn}`)] : []);
    const play = startAsking(calls, { isUnattended: true, rules: () => rules });
    const { conversations } = await play.run.ended();
    expect(conversations).toMatchObject([
      { status: 'stopped', reason: 'needs_approval', turns: 4 },
    ]);
    rules = 'allow run_command(npm run *)';
    play.run.continue([0]);
    expect((await play.run.ended()).conversations).toMatchObject([{ status: 'done' }]);
    expect(play.tools.ran).toEqual([{ command: 'npm run t5' }]);
    expect(said(play)).toEqual(['p', note]);
  });
});

it('requests are withdrawn when their conversation fails', async () => {
  let isBroken = false;
  const recorder: RunRecorder = {
    event: ({ type }) => {
      if (isBroken && type === 'tool.finished') throw new Error('too large');
    },
    message: () => undefined,
    commit: async () => undefined,
  };
  const play = startAsking([command('npm test', 'c1'), command('ls', 'c2')], { recorder });
  await settled();
  expect(play.inbox.size).toBe(2);
  isBroken = true;
  await play.inbox.decide({ kind: 'allow', requests: idsOf(play.inbox, ['c1']) });
  const { conversations } = await play.run.ended();
  expect(conversations).toMatchObject([{ status: 'failed' }]);
  expect(play.inbox.size).toBe(0);
});
