import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { RunChoice } from '../../../../../src/core/base/runChoices.ts';
import { createArithmeticTools } from '../../../../../src/core/tools/arithmetic/arithmeticTools.ts';
import { runToolCall } from '../../../../../src/core/tools/runToolCall.ts';
import type { Tool } from '../../../../../src/core/tools/tool.ts';
import { createToolBox } from '../../../../../src/core/tools/toolBox.ts';
import { ToolWorkers } from '../../../../../src/core/tools/workers/toolWorkers.ts';
import { workerTool } from '../../../../../src/core/tools/workers/workerTool.ts';
import { DiskTree, searchScript } from '../workspace/workspaceFixture.ts';

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 60_000 });

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function workers(script: string = searchScript, threads = 1): ToolWorkers {
  const pool = new ToolWorkers({ script, threads });
  cleanUps.push(() => pool.dispose());
  return pool;
}

/** A worker whose tool `work` does what it is told. */
function scriptedWorkers(threads?: number): ToolWorkers {
  const tree = new DiskTree({});
  cleanUps.push(() => tree.remove());
  const script = path.join(tree.base, 'worker.mjs');
  const server = pathToFileURL(path.resolve('src/core/tools/workers/serveWork.ts')).href;
  writeFileSync(
    script,
    `import { parentPort, threadId } from 'node:worker_threads';
     import { serveWork } from ${JSON.stringify(server)};
     const execute = (what) => {
       if (what === 'hang') for (;;);
       if (what === 'fail') throw new Error('failed in the thread');
       return String(threadId);
     };
     serveWork(parentPort, [{ name: 'work', description: '', inputSchema: {}, effect: 'pure', execute }]);`,
  );
  return workers(script, threads);
}

const work: Tool = {
  ...{ name: 'work', description: '', inputSchema: { type: 'object' }, effect: 'pure' },
  cpu: { isLight: (input) => input === 'light' },
  check: (value) => ({ ok: true, value }),
  execute: () => 'here',
};

function call(
  input: unknown,
  pool: Pick<ToolWorkers, 'run'>,
  cpuTools: RunChoice<'cpuTools'>,
  more: CallOptions = {},
) {
  const { signal = new AbortController().signal, ...options } = more;
  const tools = createToolBox([workerTool(work, pool, cpuTools)]);
  return runToolCall({ callId: 'c', name: 'work', input }, tools, { signal, ...options });
}

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly defaultTimeoutMs?: number;
}

describe('a CPU-bound tool', () => {
  test('that is asked for little runs where it is called, unless all are to run in threads', async () => {
    const pool = scriptedWorkers();
    expect(await call('light', pool, 'auto')).toMatchObject({ content: 'here' });
    expect(await call('heavy', pool, 'auto')).toMatchObject({
      content: expect.stringMatching(/^\d+$/),
    });
    expect(await call('light', pool, 'workers')).toMatchObject({
      content: expect.stringMatching(/^\d+$/),
    });
  });

  test('tells the model of an error in its thread', async () => {
    const failed = await call('fail', scriptedWorkers(), 'auto');
    expect(failed).toMatchObject({
      isError: true,
      content: expect.stringMatching(/failed in the thread/),
    });
  });

  test('that overruns its time ends its thread, and the next call works', async () => {
    const pool = scriptedWorkers();
    const before = await call('heavy', pool, 'auto');
    const late = await call('hang', pool, 'auto', { defaultTimeoutMs: 200 });
    expect(late).toMatchObject({
      isError: true,
      content: expect.stringMatching(/did not end within 0.2 s/),
    });
    const after = await call('heavy', pool, 'auto');
    expect(after).toMatchObject({ isError: false });
    expect(after.content).not.toBe(before.content);
  });

  test('of a cancelled conversation ends its thread', async () => {
    const pool = scriptedWorkers();
    const cancel = new AbortController();
    const endless = call('hang', pool, 'auto', { signal: cancel.signal });
    const waiting = call('heavy', pool, 'auto');
    cancel.abort();
    expect(await endless).toMatchObject({
      isError: true,
      content: expect.stringMatching(/^Cancelled/),
    });
    expect(await waiting).toMatchObject({ isError: false });
  });

  test('spends none of its time waiting for a thread', async () => {
    vi.useFakeTimers();
    cleanUps.push(() => vi.useRealTimers());
    let begin: (() => void) | undefined;
    const pool: Pick<ToolWorkers, 'run'> = {
      run: (_, { onBegin }) => {
        begin = onBegin;
        return new Promise(() => undefined);
      },
    };
    const ended = vi.fn();
    void call('heavy', pool, 'auto', { defaultTimeoutMs: 1_000 }).then(ended);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ended).not.toHaveBeenCalled();
    begin?.();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ended).toHaveBeenCalledWith(expect.objectContaining({ isError: true }));
  });
});

test('the worker thread has every CPU-bound tool, with the same results', async () => {
  const pool = workers();
  const { signal } = new AbortController();
  const inputs: { readonly [name: string]: unknown } = {
    sum_numbers: { numbers: [0.1, 0.2] },
    subtract_numbers: { minuend: 3, subtrahend: 5 },
    multiply_numbers: { numbers: [2 ** 40, 2 ** 40] },
    divide_numbers: { dividend: 1, divisor: 3 },
    power_numbers: { base: 2, exponent: 100 },
  };
  const tools = createArithmeticTools();
  expect(
    tools
      .filter(({ cpu }) => cpu !== undefined)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(Object.keys(inputs).sort());
  for (const tool of tools) {
    const [there, here] = [workerTool(tool, pool, 'workers'), tool].map((one) =>
      runToolCall({ callId: 'c', name: one.name, input: inputs[one.name] }, createToolBox([one]), {
        signal,
      }),
    );
    expect(await there).toEqual(await here);
  }
});
