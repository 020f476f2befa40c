import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RunResult } from '../../src/shared/runResult.ts';
import {
  activateApi,
  eventually,
  rejectionOf,
  runToEnd,
  withUserSettings,
  writeWorkspaceFile,
} from './support/extension.ts';
import type { SeenRequest, TestModels } from './support/languageModels.ts';
import { registerModels, resultsOf, textOf } from './support/languageModels.ts';

const { LanguageModelTextPart: Text, LanguageModelToolCallPart: ToolCall } = vscode;

let models: TestModels | undefined;

afterEach(() => {
  models?.dispose();
  models = undefined;
});

/** Calls for a sum, waits for it, and answers with it: two requests per conversation. */
function addingModel(
  { messages, options }: SeenRequest,
  emit: (part: vscode.LanguageModelResponsePart) => void,
): void {
  const [first, , third] = messages;
  const [, a, b] = /Add (\d+) and (\d+)\./.exec(textOf(first!)) ?? [];
  if (third === undefined) {
    assert.ok(options.tools?.some(({ name }) => name === 'sum_numbers'));
    emit(new Text('I add '));
    emit(new Text('them.'));
    emit(new ToolCall('call-1', 'sum_numbers', { numbers: [Number(a), Number(b)] }));
    return;
  }
  const [[id, sum] = []] = resultsOf(third);
  assert.equal(id, 'call-1');
  emit(new Text(`The sum is ${sum}.`));
}

async function runOn(model: string, ...texts: readonly string[]): Promise<RunResult> {
  return await runToEnd({
    prompts: texts.map((text) => ({ text })),
    options: { provider: 'vscode', model },
  });
}

describe('Language models in VS Code', () => {
  it('answer many prompts concurrently, with tools, each with its own result, in prompt order', async () => {
    const { promise: twoAreAsked, resolve } = Promise.withResolvers<void>();
    models = await registerModels(['adder'], async (request, emit) => {
      // The first one goes ahead; the others are held until two have arrived.
      const requestCount = models?.requests.length ?? 0;
      if (requestCount > 2) resolve();
      if (requestCount > 1) await twoAreAsked;
      addingModel(request, emit);
    });
    const numbers = Array.from({ length: 30 }, (_, index) => index);
    const texts = numbers.map((n) => `Add ${n} and 1000.`);
    const result = await runOn(models.id('adder'), ...texts);
    assert.deepEqual(
      result.conversations.map(({ answer }) => answer),
      numbers.map((n) => `The sum is ${n + 1000}.`),
    );
    assert.equal(result.agent.provider, 'vscode');
    assert.equal(result.agent.model, 'interleave-test/adder');
    assert.equal(result.counts.done, 30);
    assert.equal(models.requests.length, 60);
    assert.ok(models.maxInFlight > 1, 'they ran sequentially');
    assert.ok(models.maxInFlight <= 4, `${models.maxInFlight} requests at once`);
    const order = result.conversations
      .flatMap(({ index, toolCalls }) => toolCalls.map(({ seq }) => ({ index, seq })))
      .sort((a, b) => a.seq - b.seq);
    assert.equal(order.length, 30);
  });

  it('get the instructions in the first message, since there is no system role', async () => {
    models = await registerModels(['adder'], addingModel);
    await runToEnd({
      prompts: [{ text: 'Add 1 and 2.' }],
      options: { provider: 'vscode', model: models.id('adder'), systemPrompt: 'Be brief.' },
    });
    const [first, second] = models.requests;
    assert.deepEqual(first?.messages.map(textOf), ['Be brief.\n\nAdd 1 and 2.']);
    assert.equal(first?.messages[0]?.role, vscode.LanguageModelChatMessageRole.User);
    assert.deepEqual(
      second?.messages.map(({ role }) => role),
      [
        vscode.LanguageModelChatMessageRole.User,
        vscode.LanguageModelChatMessageRole.Assistant,
        vscode.LanguageModelChatMessageRole.User,
      ],
    );
    assert.equal(textOf(second!.messages[1]!), 'I add them.');
  });

  it('report no usage, so no cost is shown and a cost limit is refused', async () => {
    models = await registerModels(['adder'], addingModel);
    const result = await runOn(models.id('adder'), 'Add 1 and 2.');
    assert.equal(result.costUsd, null);
    assert.equal(result.conversations[0]?.costUsd, null);
    assert.equal(result.usage.incomplete, true);
    const limited = (await activateApi()).run({
      prompts: [{ text: 'Add 1 and 2.' }],
      options: { provider: 'vscode', model: models.id('adder'), maxCostUsd: 1 },
    });
    assert.match((await rejectionOf(limited)).message, /do not say how many tokens/);
  });

  it('default to the first available model', async () => {
    models = await registerModels(['adder', 'other'], addingModel);
    const result = await runToEnd({
      prompts: [{ text: 'Add 1 and 2.' }],
      options: { provider: 'vscode' },
    });
    assert.equal(result.agent.model, 'interleave-test/adder');
    assert.equal(result.counts.done, 1);
  });

  it('can be chosen by a prompt of a file', async () => {
    models = await registerModels(['adder'], addingModel);
    const file = await writeWorkspaceFile(
      'lm.prompts.md',
      `---\nprovider: vscode\nmodel: ${models.id('adder')}\n---\n\n## One\n\nAdd 1 and 2.\n`,
    );
    const result = await runToEnd({ uris: [file], options: { provider: 'vscode' } });
    await vscode.workspace.fs.delete(file);
    assert.equal(result.conversations[0]?.answer, 'The sum is 3.');
  });

  it('are cancelled with their conversation', async () => {
    const { promise: cancelled, resolve } = Promise.withResolvers<void>();
    models = await registerModels(['silent'], async ({ token }, emit) => {
      emit(new Text('I think'));
      token.onCancellationRequested(() => resolve());
      await cancelled;
    });
    const run = runOn(models.id('silent'), 'Hello');
    await eventually(() => models?.requests.length === 1, 'the model got a request');
    await vscode.commands.executeCommand('interleave.cancelRun');
    const result = await run;
    await cancelled;
    assert.equal(result.conversations[0]?.status, 'cancelled');
  });
});

describe('Language models in VS Code that fail', () => {
  async function failure(error: Error): Promise<{ result: RunResult; requests: number }> {
    models = await registerModels(['failing'], () => {
      throw error;
    });
    const result = await runToEnd({
      prompts: [{ text: 'Hello' }],
      options: { provider: 'vscode', model: models.id('failing') },
    });
    return { result, requests: models.requests.length };
  }

  it('without access: no retry', async () => {
    const { result, requests } = await failure(vscode.LanguageModelError.NoPermissions('Not you.'));
    const { error } = result.conversations[0]!;
    assert.equal(error?.kind, 'auth', error?.message);
    assert.match(error?.message ?? '', /interleave-test\/failing.*Not you\./);
    assert.equal(requests, 1);
  });

  it('with a used-up quota: no retry', async () => {
    const error = new Error('Come back next month.');
    error.name = 'ChatQuotaExceeded';
    const { result, requests } = await failure(error);
    assert.equal(result.conversations[0]?.error?.kind, 'quota');
    assert.equal(requests, 1);
  });

  it('because the model is gone: the message says how to select another one', async () => {
    const { result, requests } = await failure(vscode.LanguageModelError.NotFound());
    assert.equal(result.conversations[0]?.error?.kind, 'not_found');
    assert.match(result.conversations[0]?.error?.message ?? '', /Select Model…/);
    assert.equal(requests, 1);
  });

  it('because they limit requests: retried as after a rate limit', async () => {
    let requests = 0;
    models = await registerModels(['adder'], (_request, emit) => {
      requests += 1;
      if (requests <= 1) throw vscode.LanguageModelError.Blocked('Slow down.');
      emit(new Text('Now.'));
    });
    const { conversations } = await runOn(models.id('adder'), 'Hello');
    assert.equal(conversations[0]?.answer, 'Now.');
    assert.equal(conversations[0]?.attempts, 2);
  });

  it('for their own reasons: a few attempts, then the reason', async () => {
    const { result, requests } = await failure(new Error('The vendor is confused.'));
    assert.equal(result.conversations[0]?.error?.kind, 'protocol');
    assert.match(result.conversations[0]?.error?.message ?? '', /The vendor is confused\./);
    assert.equal(requests, 3);
  });

  it('because nobody offers the name: fails before anything else', async () => {
    models = await registerModels(['adder'], addingModel);
    for (const model of ['interleave-test/other', 'nobody/adder', 'adder']) {
      const { conversations } = await runOn(model, 'Hello');
      assert.equal(conversations[0]?.error?.kind, 'not_found', model);
    }
    assert.equal(models.requests.length, 0);
  });

  it('in the middle of an answer: discards the partial answer', async () => {
    let attempts = 0;
    models = await registerModels(['adder'], (_request, emit) => {
      attempts += 1;
      emit(new Text(attempts === 1 ? 'Half an ' : 'A whole answer.'));
      if (attempts === 1) throw new Error('The line broke.');
    });
    const { conversations } = await runOn(models.id('adder'), 'Hello');
    assert.equal(conversations[0]?.answer, 'A whole answer.');
  });
});

describe('Test Connection', () => {
  interface Report {
    readonly outcome: string;
    readonly message: string;
    readonly remedies: readonly { readonly title: string }[];
  }

  async function test(provider: string): Promise<Report> {
    return await vscode.commands.executeCommand('interleave.testConnection', provider);
  }

  it('shows what VS Code offers, without a request to its models', async () => {
    models = await registerModels(['adder', 'other'], addingModel);
    const report = await test('vscode');
    assert.equal(report.outcome, 'works', report.message);
    assert.match(report.message, /offers 2 models: interleave-test\/adder, interleave-test\/other/);
    assert.equal(models.requests.length, 0);
  });

  it('reports when VS Code offers nothing', async () => {
    assert.equal((await test('vscode')).outcome, 'fails');
  });

  it('gets the list of the demo model', async () => {
    const report = await test('demo');
    assert.equal(report.outcome, 'works', report.message);
    assert.match(report.message, /^Demo Model at 127\.0\.0\.1:\d+ answers: 3 models in \d/);
  });

  it('names the host and the remedies when nothing answers or no key is set', async () => {
    await withUserSettings({ 'openai.baseUrl': 'http://127.0.0.1:9/v1' }, async () => {
      const report = await test('openai');
      assert.equal(report.outcome, 'fails');
      assert.match(report.message, /127\.0\.0\.1:9/);
      assert.deepEqual(
        report.remedies.map(({ title }) => title),
        ['Change Base URL…'],
      );
    });
    const keyless = await test('anthropic');
    assert.equal(keyless.outcome, 'fails');
    assert.match(keyless.message, /There is no Anthropic key for https:\/\/api\.anthropic\.com/);
    assert.equal(keyless.remedies[0]?.title, 'Set API Key…');
  });
});
