import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RunResult } from '../../src/shared/runResult.ts';
import type { LoopbackServer, Reply } from '../support/loopback/loopbackServer.ts';
import {
  answer,
  refusal,
  silence,
  startScriptedModel,
  toolUse,
} from '../support/loopback/scriptedModel.ts';
import { activateApi, eventually, runToEnd, withUserSettings } from './support/extension.ts';

/** A run in progress. */
interface StartedRun {
  readonly runId: string;
  readonly ended: Promise<RunResult>;
}

/** Starts a run and resolves as soon as it has started. */
async function start(...texts: readonly string[]): Promise<StartedRun> {
  const api = await activateApi();
  const started = new Promise<string>((resolve) => {
    const listening = api.onDidChangeRun(({ id, state }) => {
      if (state !== 'running') return;
      listening.dispose();
      resolve(id);
    });
  });
  const ended = runToEnd({
    prompts: texts.map((text) => ({ text })),
    options: { provider: 'anthropic', model: 'some-model' },
  });
  return { runId: await Promise.race([started, ended.then(({ id }) => id)]), ended };
}

function statuses({ conversations }: RunResult): readonly string[] {
  return conversations.map(({ status }) => status);
}

async function command<T>(name: string, argument?: object): Promise<T> {
  return await vscode.commands.executeCommand<T>(`interleave.${name}`, argument);
}

describe('A run', () => {
  let model: LoopbackServer;
  /** The model's replies by prompt; tests change them. */
  let replies: Map<string, Reply>;
  /** The reply to tool results. */
  let afterTools: Reply;

  beforeEach(async () => {
    replies = new Map();
    afterTools = answer('Done.');
    model = await startScriptedModel((prompt, { body }) =>
      body.includes('"tool_result"')
        ? afterTools
        : (replies.get(prompt) ?? answer(`Re: ${prompt}`)),
    );
  });

  afterEach(async () => await model.close());

  async function withModel<T>(act: () => Promise<T>): Promise<T> {
    return await withUserSettings({ 'anthropic.baseUrl': model.url }, act);
  }

  it("continues when one of its conversations is cancelled, and closes that one's connection", async () => {
    replies.set('Two', silence);
    await withModel(async () => {
      const { runId, ended } = await start('One', 'Two', 'Three');
      await eventually(() => model.requests.length === 3, 'all three requests arrive');
      await command('cancelConversation', { runId, conversation: 1 });
      const result = await ended;
      assert.deepEqual(statuses(result), ['done', 'cancelled', 'done']);
      assert.equal(result.state, 'finished');
      assert.equal(result.conversations[0]?.answer, 'Re: One');
      const [silent] = model.requests.filter(({ body }) => body.includes('"Two"'));
      await silent?.closed;
    });
  });

  it('keeps finished answers when it is cancelled', async () => {
    replies.set('Two', silence);
    replies.set('Three', silence);
    await withModel(async () => {
      const { runId, ended } = await start('One', 'Two', 'Three');
      await eventually(() => model.requests.length === 3, 'all three requests arrive');
      await eventually(async () => (await reportOf(runId)).includes('Re: One'), 'one answers');
      await command('cancelRun', { runId });
      const result = await ended;
      assert.deepEqual(statuses(result), ['done', 'cancelled', 'cancelled']);
      assert.equal(result.state, 'cancelled');
      assert.equal(result.conversations[0]?.answer, 'Re: One');
    });
  });

  it('reruns failed conversations in place, and keeps the rest unchanged', async () => {
    replies.set('Two', refusal(404, 'not_found_error', 'model: some-model'));
    await withModel(async () => {
      const first = await (await start('One', 'Two', 'Three')).ended;
      assert.deepEqual(statuses(first), ['done', 'failed', 'done']);
      replies.delete('Two');
      const second = await command<RunResult>('rerunFailed', { runId: first.id });
      assert.equal(second.id, first.id);
      assert.deepEqual(statuses(second), ['done', 'done', 'done']);
      assert.equal(second.conversations[1]?.answer, 'Re: Two');
      assert.equal(model.requests.length, 4);
    });
  });

  it('reruns a single conversation on request', async () => {
    await withModel(async () => {
      const first = await (await start('One', 'Two')).ended;
      replies.set('Two', answer('Another answer'));
      const target = { runId: first.id, conversation: 1 };
      const second = await command<RunResult>('retryConversation', target);
      assert.deepEqual(
        second.conversations.map((conversation) => conversation.answer),
        ['Re: One', 'Another answer'],
      );
      assert.equal(model.requests.length, 3);
    });
  });

  it('continues one conversation where it failed, and sends nothing twice', async () => {
    replies.set('Two', toolUse('sum_numbers', { numbers: [1, 2] }));
    afterTools = refusal(400, 'invalid_request_error', 'No.');
    await withModel(async () => {
      const first = await (await start('One', 'Two')).ended;
      assert.deepEqual(statuses(first), ['done', 'failed']);
      afterTools = answer('Three.');
      const target = { runId: first.id, conversation: 1 };
      const second = await command<RunResult>('continueConversation', target);
      assert.equal(second.conversations[1]?.answer, 'Three.');
      assert.equal(second.conversations[1]?.toolCalls.length, 1);
      const bodies = model.requests.map(({ body }) => body).filter((body) => body.includes('Two'));
      assert.equal(bodies.length, 3);
      assert.equal(bodies[2], bodies[1]);
    });
  });

  it('runs cancelled conversations on Run Remaining', async () => {
    replies.set('Two', silence);
    await withModel(async () => {
      const { runId, ended } = await start('One', 'Two');
      await eventually(() => model.requests.length === 2, 'both requests arrive');
      await command('cancelRun');
      await ended;
      replies.delete('Two');
      const result = await command<RunResult>('runRemaining', { runId });
      assert.deepEqual(statuses(result), ['done', 'done']);
      assert.equal(result.state, 'finished');
    });
  });

  it('copies its answers: one, or all as Markdown in prompt order', async () => {
    await withModel(async () => {
      const { id } = await (await start('One', 'Two')).ended;
      await command('copyAnswer', { runId: id, conversation: 1 });
      assert.equal(await vscode.env.clipboard.readText(), 'Re: Two');
      const report = await reportOf(id);
      const [one, two] = [report.indexOf('Re: One'), report.indexOf('Re: Two')];
      assert.ok(one > 0 && two > one, report);
    });
  });
});

/** The run's answers so far, as one report. */
async function reportOf(runId: string): Promise<string> {
  await command('copyAll', { runId });
  return await vscode.env.clipboard.readText();
}
