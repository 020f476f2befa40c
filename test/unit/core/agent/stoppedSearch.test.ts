import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NodeWorkspace } from '../../../../src/core/tools/workspace/nodeWorkspace.ts';
import { createWorkspaceTools } from '../../../../src/core/tools/workspace/workspaceTools.ts';
import { testAgent, testRun } from '../../../support/runs.ts';
import { ScriptedProvider } from '../../../support/scriptedProvider.ts';
import { TestSearches } from '../tools/workspace/testSearches.ts';
import { DiskTree, searchScript } from '../tools/workspace/workspaceFixture.ts';

// Generous, so that a busy machine does not fail the test.
vi.setConfig({ testTimeout: 60_000 });

let tree: DiskTree;
let searches: TestSearches;

/** Searches like the real worker, but never returns for one text. */
const sometimesEndless = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ input: { query } }) => {
    if (query.text === 'endless') for (;;);
  });
  import(${JSON.stringify(searchScript)});
`;

beforeEach(() => {
  tree = new DiskTree({ 'inside/a.txt': 'needle here\n' });
  const script = path.join(tree.base, 'worker.cjs');
  writeFileSync(script, sometimesEndless);
  // Long enough for a normal search, even on a busy machine.
  searches = new TestSearches({ script, deadlineMs: 3_000, threads: 1 });
});

afterEach(() => {
  searches.dispose();
  tree.remove();
});

test('an endless search fails one call of its conversation and affects no other', async () => {
  const tools = createWorkspaceTools(new NodeWorkspace(tree.scope(), searches));
  const texts = ['endless', 'needle', 'endless', 'needle'];
  const provider = new ScriptedProvider((request, turn) => {
    const [first] = request.messages;
    const number = first?.role === 'user' ? Number(first.text) : 0;
    const query = turn === 1 ? texts[number] : 'needle';
    if (turn <= 2)
      return { calls: [{ callId: `c${turn}`, name: 'search_text', input: { query } }] };
    return { text: 'done' };
  });
  const agent = testAgent(provider, { tools });
  const run = testRun(
    agent,
    texts.map((_, index) => String(index)),
  );
  run.start();
  const { conversations } = await run.ended();
  const outcomes = conversations.map(({ status, toolCalls }) => ({
    status,
    outputs: toolCalls.map(({ isError, output }) =>
      isError ? output : output.includes('a.txt:1'),
    ),
  }));
  const stopped = expect.stringMatching(/took too long and was stopped\. Narrow it/);
  expect(outcomes).toEqual([
    { status: 'done', outputs: [stopped, true] },
    { status: 'done', outputs: [true, true] },
    { status: 'done', outputs: [stopped, true] },
    { status: 'done', outputs: [true, true] },
  ]);
});
