import { afterAll, describe, expect, test, vi } from 'vitest';
import { createCpuTools } from '../../../../../src/core/tools/cpuTools.ts';
import { runScript } from '../../../../../src/core/tools/javascript/runScript.ts';
import { runToolCall } from '../../../../../src/core/tools/runToolCall.ts';
import { createToolBox } from '../../../../../src/core/tools/toolBox.ts';
import { ToolWorkers } from '../../../../../src/core/tools/workers/toolWorkers.ts';
import { workerTool } from '../../../../../src/core/tools/workers/workerTool.ts';
import { callOf } from '../toolFixtures.ts';
import { searchScript } from '../workspace/workspaceFixture.ts';

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 120_000 });

const pool = new ToolWorkers({ script: searchScript, threads: 1 });
afterAll(() => pool.dispose());

const tools = createToolBox(createCpuTools().map((tool) => workerTool(tool, pool, 'auto')));

/** The outcome of a script that runs as in a conversation: in a worker thread. */
function run(code: string, defaultTimeoutMs = 60_000) {
  const { signal } = new AbortController();
  return runToolCall(callOf('run_javascript', { code }), tools, { signal, defaultTimeoutMs });
}

describe('what a script gives', () => {
  test.each([
    ['1 + 1', '=> 2'],
    ['"text"', '=> text'],
    ['console.log("a", 1, null); [1, 2].map((x) => x * 2)', 'a 1 null\n=> [2,4]'],
    ['2n ** 70n', '=> 1180591620717411303424n'],
    ['-0', '=> -0'],
    ['(() => 5)', '=> [Function anonymous]'],
    ['Symbol("s")', '=> Symbol(s)'],
    ['(async () => { await null; return "later"; })()', '=> later'],
    ['let x = 1;', 'The script printed nothing, and its last expression has no value.'],
  ])('%s gives %s', async (code, expected) => {
    expect(await run(code)).toMatchObject({ content: expected, isError: false });
  });

  test.each([
    ['({ a: 1n })', /^=> \{\s+"a": "1n"\s+\}$/],
    ['new Map([[1, new Set([2])]])', /"Map".*"Set"/s],
    ['const x = {}; x.x = x; x', /cannot be shown/],
    ['({ get a() { throw 1; } })', /cannot be shown/],
    ['new Proxy({}, { get() { throw new Error("trap"); } })', /cannot be shown: trap/],
  ])('%s gives something readable', async (code, expected) => {
    const { content, isError } = await run(code);
    expect(content).toMatch(expected);
    expect(isError).toBe(false);
  });

  test.each([
    [
      'console.log("before"); throw new TypeError("bad")',
      /^before\nThe script threw: TypeError: bad/,
    ],
    ['not javascript', /SyntaxError/],
    ['Promise.reject(new Error("no"))', /The script threw: Error: no/],
    ['new Promise(() => {})', /promise that nothing settles/],
    ['throw { toString() { for (;;); } }', /The script threw: \{/],
  ])('%s is an error of the script', async (code, expected) => {
    expect(await run(code)).toMatchObject({
      content: expect.stringMatching(expected),
      isError: true,
    });
  });
});

describe('nothing outside of the script', () => {
  const names = [
    ...['fetch', 'XMLHttpRequest', 'WebSocket', 'require', 'module', 'process', 'Buffer', 'global'],
    ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'WebAssembly', 'Worker'],
    ...['std', 'os', 'bjson', 'scriptArgs', 'print', 'navigator', 'window', 'self', 'performance'],
  ];

  test.each(names)('there is no %s', async (name) => {
    expect((await run(`typeof ${name}`)).content).toBe('=> undefined');
  });

  test.each([
    '(function () { return this; })().constructor.constructor("return typeof process")()',
    'console.log.constructor("return typeof process")()',
    'console.log.__proto__.constructor("return typeof process")()',
    'Reflect.getPrototypeOf(async () => {}).constructor("return typeof process")().then((x) => x)',
    'try { null.f() } catch (e) { e.constructor.constructor("return typeof process")() }',
    'new Error().constructor.constructor("return typeof require")()',
    '(0, eval)("typeof process")',
  ])('%s leads nowhere', async (code) => {
    expect((await run(code)).content).toBe('=> undefined');
  });

  test.each(['import("fs")', 'import("node:fs")', 'import("./runScript.ts")'])(
    '%s loads nothing',
    async (code) => {
      expect(await run(code)).toMatchObject({ isError: true });
    },
  );

  test('changed prototypes harm nobody else, not even the next script', async () => {
    await run(
      `Object.prototype.polluted = 1; String.prototype.slice = () => "changed"; JSON.stringify = null;
       Array.prototype[Symbol.iterator] = null; globalThis.left = 1; console.log({ a: 1 });`,
    );
    const next = await run(
      '[typeof left, typeof {}.polluted, "abc".slice(1), JSON.stringify([1])]',
    );
    expect(next.content).toBe('=> ["undefined","undefined","bc","[1]"]');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('limits', () => {
  const limits = { ms: 300, memoryMB: 64, codeLength: 1_000, outputLength: 1_000 };
  const unhurried = { ...limits, ms: 60_000 };

  test.each([
    'for (;;);',
    'try { for (;;); } catch {} finally { for (;;); }',
    'new RegExp("(a+)+$").test("a".repeat(40) + "b")',
    '({ toJSON() { for (;;); } })',
    'const again = () => Promise.resolve().then(again); again()',
    'for (;;) console.log("line")',
  ])('%s is stopped in time', async (code) => {
    await expect(runScript(code, limits)).rejects.toThrow(/did not end within 0.3 s/);
  });

  test.each([
    'const all = []; for (;;) all.push(new ArrayBuffer(1_000_000));',
    'new ArrayBuffer(200_000_000)',
    '"a".padEnd(2 ** 29)',
  ])('%s gets no more memory', async (code) => {
    await expect(runScript(code, unhurried)).rejects.toThrow(/memory/);
  });

  test.each([
    'const f = () => f(); f();',
    'const f = () => [f()].concat(f()); f();',
    'function* g() { yield* g(); } [...g()]',
  ])('%s is a stack overflow of the script', async (code) => {
    await expect(runScript(code, unhurried)).rejects.toThrow(/stack overflow/);
  });

  test.each([
    'let deep = []; for (let i = 0; i < 100_000; i++) deep = [deep]; deep',
    'JSON.parse("[".repeat(100_000) + "]".repeat(100_000))',
  ])('%s does not end the thread', async (code) => {
    await run(code);
    expect((await run('"still here"')).content).toBe('=> still here');
  });

  test('says how many lines were printed and left out, and keeps what the script came to', async () => {
    const script = 'for (let i = 0; i < 500; i++) console.log("0123456789"); "end"';
    const text = await runScript(script, unhurried);
    expect(text).toMatch(/\n\[… 409 more lines were printed and are left out …\]\n=> end$/);
    expect(text.length).toBeLessThan(1_200);
  });

  test('a huge line is clipped', async () => {
    const text = await runScript('console.log("x".repeat(10_000_000)); 1', unhurried);
    expect(text.length).toBeLessThan(1_200);
  });

  test('what a script printed before it was stopped is told', async () => {
    await expect(runScript('console.log("so far"); for (;;);', limits)).rejects.toThrow(
      /^so far\n/,
    );
  });
});

test('a script that does not look at its time ends with its thread; the next call goes on', async () => {
  // One native call, which the interpreter cannot interrupt.
  const stuck = await run('new Array(1e9).join("x")', 500);
  expect(stuck).toMatchObject({
    content: expect.stringMatching(/did not end within/),
    isError: true,
  });
  expect((await run('6 * 7')).content).toBe('=> 42');
});
