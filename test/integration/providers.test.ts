import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { type DemoServer, startDemoServer } from '../../src/demo/server.ts';
import type { ConversationResult, RunResult } from '../../src/shared/runResult.ts';
import { reserveClosedPort } from '../support/loopback/closedPort.ts';
import { answer, refusal, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import {
  activateApi,
  rejectionOf,
  runToEnd,
  withUserSettings,
  writeWorkspaceFile,
} from './support/extension.ts';

/** Runs texts with a server of the Messages API. */
async function runAgainst(baseUrl: string, ...texts: readonly string[]): Promise<RunResult> {
  return await withUserSettings({ 'anthropic.baseUrl': baseUrl }, async () =>
    runToEnd({
      prompts: texts.map((text) => ({ text })),
      options: { provider: 'anthropic', model: 'some-model' },
    }),
  );
}

describe('A provider that cannot get requests', () => {
  it('without a key: nothing starts, and the message says how to set one', async () => {
    const api = await activateApi();
    for (const [provider, name] of [
      ['anthropic', 'Anthropic'],
      ['openai', 'OpenAI'],
    ] as const) {
      const run = api.run({ prompts: [{ text: 'Hello' }], options: { provider } });
      const { message } = await rejectionOf(run);
      assert.match(message, new RegExp(`^There is no ${name} key for https://api\\.`));
      assert.match(message, /"Interleave: Set API Key…"/);
    }
  });

  it('with an invalid base URL: the message shows a valid one', async () => {
    await withUserSettings({ 'anthropic.baseUrl': 'localhost:1234' }, async () => {
      const api = await activateApi();
      const options = { provider: 'anthropic' } as const;
      const { message } = await rejectionOf(api.run({ prompts: [{ text: 'Hello' }], options }));
      assert.match(message, /base URL must be a complete address/);
    });
  });

  it('because nothing answers: the conversation fails and names the address', async () => {
    const closed = await reserveClosedPort();
    const host = `127.0.0.1:${closed.port}`;
    const { conversations } = await runAgainst(`http://${host}`, 'Hello').finally(closed.close);
    const { error } = conversations[0] as ConversationResult;
    assert.equal(error?.kind, 'network');
    assert.match(error?.message ?? '', new RegExp(`Nothing answers at ${host}`));
    assert.match(error?.message ?? '', /base URL/);
    // The first request, and a probe after 1, 10 and 10 seconds.
    assert.equal(error?.attempts, 4);
  });
});

describe('A provider that refuses', () => {
  let mixedFile: vscode.Uri;

  before(async () => {
    mixedFile = await writeWorkspaceFile(
      'mixed.prompts.md',
      [
        '---\nmodel: demo-fast\nprovider: openai\n---',
        '## One\n\nAdd 1 and 2.',
        '## Two\n\n<!-- interleave\nprovider: anthropic\n-->\n\nAdd 2 and 3.',
        '## Three\n\nAdd 3 and 4.',
      ].join('\n\n'),
    );
  });

  after(async () => await vscode.workspace.fs.delete(mixedFile));

  it('the key: its conversation fails after one request with the reason, the others answer', async () => {
    const refusing = await startScriptedModel(() =>
      refusal(401, 'authentication_error', 'invalid x-api-key'),
    );
    const willing = await startDemoServer({ pace: 0 });
    const urls = { 'anthropic.baseUrl': refusing.url, 'openai.baseUrl': willing.openaiBaseUrl };
    try {
      const result = await withUserSettings(urls, async () => runToEnd({ uris: [mixedFile] }));
      assert.deepEqual(
        result.conversations.map(({ status, reason }) => [status, reason]),
        [
          ['done', 'final'],
          ['failed', 'auth'],
          ['done', 'final'],
        ],
      );
      assert.match(result.conversations[1]?.error?.message ?? '', /invalid x-api-key/);
      assert.equal(result.conversations[1]?.error?.httpStatus, 401);
      assert.equal(refusing.requests.length, 1);
      assert.match(result.conversations[0]?.answer ?? '', /3/);
      assert.match(result.conversations[2]?.answer ?? '', /7/);
    } finally {
      await refusing.close();
      await willing.close();
    }
  });

  it('the model: its conversation fails and names model and host', async () => {
    const model = await startScriptedModel((prompt) =>
      prompt === 'Bad'
        ? refusal(404, 'not_found_error', 'model: some-model')
        : answer(`Answer to ${prompt}`),
    );
    try {
      const { conversations } = await runAgainst(model.url, 'Good', 'Bad', 'Better');
      assert.deepEqual(
        conversations.map((conversation) => conversation.answer),
        ['Answer to Good', '', 'Answer to Better'],
      );
      const { error } = conversations[1] as ConversationResult;
      assert.equal(error?.kind, 'not_found');
      assert.match(error?.message ?? '', /The model some-model is not offered by 127\.0\.0\.1:\d+/);
      assert.equal(model.requests.length, 3);
    } finally {
      await model.close();
    }
  });
});

describe('Both protocols', () => {
  let demo: DemoServer;

  before(async () => {
    demo = await startDemoServer();
  });

  after(async () => await demo.close());

  for (const provider of ['anthropic', 'openai'] as const) {
    it(`interleave the tool calls of concurrent conversations: ${provider}`, async () => {
      const urls = {
        'anthropic.baseUrl': demo.anthropicBaseUrl,
        'openai.baseUrl': demo.openaiBaseUrl,
      };
      const result = await withUserSettings(urls, async () =>
        runToEnd({
          prompts: [
            { text: 'Add 1 and 2, then multiply by 3, then add 4, then multiply by 5.' },
            { text: 'Add 5 and 6, then multiply by 7, then add 8, then multiply by 9.' },
          ],
          options: { provider, model: 'demo-fast' },
        }),
      );
      assert.equal(result.agent.provider, provider);
      assert.equal(result.simulated, false);
      assert.match(result.conversations[0]?.answer ?? '', /65/);
      assert.match(result.conversations[1]?.answer ?? '', /765/);
      const order = result.conversations
        .flatMap(({ index, toolCalls }) => toolCalls.map(({ seq }) => ({ index, seq })))
        .sort((a, b) => a.seq - b.seq)
        .map(({ index }) => index);
      assert.equal(order.length, 8);
      const [first, second] = result.conversations as [ConversationResult, ConversationResult];
      assert.ok(order.lastIndexOf(first.index) > order.indexOf(second.index), String(order));
      assert.ok(order.lastIndexOf(second.index) > order.indexOf(first.index), String(order));
      assert.ok(result.wallMs < result.conversationMs, 'they ran one after another');
    });
  }

  it('answer 200 prompts, each with its own answer, in prompt order', async () => {
    const instant = await startDemoServer({ pace: 0 });
    try {
      const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
      const result = await withUserSettings({ 'anthropic.baseUrl': instant.origin }, async () =>
        runToEnd({
          prompts: numbers.map((n) => ({ text: `Add ${n} and 1000, then multiply by 2.` })),
          options: { provider: 'anthropic', model: 'demo' },
        }),
      );
      assert.equal(result.counts.done, 200);
      for (const [index, n] of numbers.entries()) {
        const conversation = result.conversations[index];
        const sum = n + 1000;
        assert.ok(conversation?.answer.includes(String(2 * sum)), conversation?.answer);
        assert.deepEqual(
          conversation?.toolCalls.map(({ input }) => input),
          [{ numbers: [n, 1000] }, { numbers: [sum, 2] }],
        );
      }
    } finally {
      await instant.close();
    }
  });
});
