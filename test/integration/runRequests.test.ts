import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { runResultSchema } from '../../src/core/export/resultSchema.ts';
import type { RunChange } from '../../src/host/api.ts';
import type { RunArgument } from '../../src/host/runArgument.ts';
import type { RunResult } from '../../src/shared/runResult.ts';
import { activateApi, rejectionOf, runToEnd, writeWorkspaceFile } from './support/extension.ts';

const demo = { provider: 'demo', model: 'demo-fast' } as const;

describe('A run requested by another extension', () => {
  it('returns a result in the published format, in prompt order', async () => {
    const result = await runToEnd({
      prompts: [
        { name: 'First', text: 'Add 1 and 2, then multiply the result by 10.' },
        { text: 'Add 20 and 22.' },
      ],
      options: demo,
    });
    runResultSchema.parse(result);
    assert.equal(result.state, 'finished');
    assert.equal(result.simulated, true);
    assert.deepEqual(
      result.conversations.map(({ index, name, status }) => [index, name, status]),
      [
        [0, 'First', 'done'],
        [1, 'Prompt 2', 'done'],
      ],
    );
    assert.match(result.conversations[0]?.answer ?? '', /30/);
    assert.match(result.conversations[1]?.answer ?? '', /42/);
    assert.deepEqual(
      result.conversations[0]?.toolCalls.map(({ name, input, output }) => [name, input, output]),
      [
        ['sum_numbers', { numbers: [1, 2] }, '3'],
        ['multiply_numbers', { numbers: [3, 10] }, '30'],
      ],
    );
  });

  it('runs files and texts together, files first', async () => {
    const file = await writeWorkspaceFile(
      'twoSums.prompts.md',
      'Not sent.\n\n## A\n\nAdd 1 and 2.\n\n## B\n\nAdd 3 and 4.\n',
    );
    const result = await vscode.commands.executeCommand<RunResult>('interleave.runFiles', {
      uris: [file],
      prompts: [{ name: 'After', text: 'Add 1 and 1.' }],
      options: demo,
    });
    assert.deepEqual(
      result.conversations.map(({ id }) => id),
      ['twoSums.prompts.md#a', 'twoSums.prompts.md#b', 'request#1'],
    );
    assert.deepEqual(
      result.conversations.map(({ prompt }) => prompt),
      ['Add 1 and 2.', 'Add 3 and 4.', 'Add 1 and 1.'],
    );
    await vscode.workspace.fs.delete(file);
  });

  it('is announced when it starts and ends', async () => {
    const changes: RunChange[] = [];
    const api = await activateApi();
    const listening = api.onDidChangeRun((change) => changes.push(change));
    try {
      const { id } = await runToEnd({ prompts: [{ text: 'Add 2 and 2.' }], options: demo });
      assert.deepEqual(changes, [
        { id, state: 'running' },
        { id, state: 'finished' },
      ]);
    } finally {
      listening.dispose();
    }
  });
});

describe('An invalid request', () => {
  const prompts = [{ text: 'Add 1 and 2.' }];
  const wrong: readonly { readonly request: object; readonly expected: RegExp }[] = [
    { request: { prompts: [] }, expected: /There is no prompt to run/ },
    { request: { prompts: 'Add 1 and 2.' }, expected: /prompts must be an array/ },
    { request: { prompts: [{ text: '  ' }] }, expected: /prompts must be .* with text in each/ },
    { request: { prompts: [{ text: 'Hi', name: 1 }] }, expected: /prompts must be an array/ },
    { request: { uris: 'math.prompts.md' }, expected: /uris must be an array of Uri/ },
    { request: { uris: ['math.prompts.md'] }, expected: /uris must be an array of Uri/ },
    { request: { prompts, options: { speed: 1 } }, expected: /Unknown run option speed/ },
    {
      request: { prompts, options: { maxTurns: 0 } },
      expected: /options\.maxTurns must be a whole/,
    },
    {
      request: { prompts, options: { provider: 'acme' } },
      expected: /options\.provider must be one of/,
    },
    {
      request: { prompts, options: { provider: 'demo', tools: ['rm'] } },
      expected: /There is no tool named "rm"/,
    },
  ];

  for (const { request, expected } of wrong) {
    it(`is rejected: ${JSON.stringify(request)}`, async () => {
      const api = await activateApi();
      assert.match((await rejectionOf(api.run(request as RunArgument))).message, expected);
      const command = vscode.commands.executeCommand('interleave.runFiles', request);
      assert.match((await rejectionOf(command)).message, expected);
    });
  }
});
