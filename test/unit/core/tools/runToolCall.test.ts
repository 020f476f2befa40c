import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod';
import { UserError } from '../../../../src/core/base/errors.ts';
import { Redactor } from '../../../../src/core/base/redact.ts';
import type { CheckedCall } from '../../../../src/core/tools/checkCall.ts';
import { defineTool } from '../../../../src/core/tools/defineTool.ts';
import { runToolCall } from '../../../../src/core/tools/runToolCall.ts';
import type { Tool, ToolContext } from '../../../../src/core/tools/tool.ts';
import { ToolError } from '../../../../src/core/tools/tool.ts';
import { createToolBox } from '../../../../src/core/tools/toolBox.ts';
import type { GateDecision, ToolGate } from '../../../../src/core/tools/toolGate.ts';
import { settled } from '../../../support/settled.ts';
import { callOf, probe, runTool } from './toolFixtures.ts';

const { signal: calm } = new AbortController();

function run(tool: Tool, more: Partial<Parameters<typeof runToolCall>[2]> = {}) {
  return runToolCall(callOf('probe', {}), createToolBox([tool]), { signal: calm, ...more });
}

function abortSignal() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

describe('a call that cannot be run', () => {
  test('to an unknown tool lists the tools', async () => {
    const outcome = await runTool([probe(() => 'x')], 'no\u202esuch', {});
    expect(outcome).toEqual({
      callId: 'call-1',
      name: 'no\u202esuch',
      content: 'There is no tool "no[U+202E]such". The tools are: probe.',
      isError: true,
      wasRun: false,
    });
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', ''])(
    'to a tool named %j finds no tool',
    async (name) => {
      const outcome = await runTool([probe(() => 'x')], name, {});
      expect(outcome.isError).toBe(true);
      expect(outcome.content).toContain('There is no tool');
    },
  );

  test('says so when there are no tools', async () => {
    const outcome = await runTool([], 'probe', {});
    expect(outcome.content).toBe('There is no tool "probe", nor any other. Answer without tools.');
  });

  test('with malformed arguments is answered with the reason', async () => {
    const execute = vi.fn(() => 'x');
    const call = callOf('probe', {}, { inputError: 'Unexpected end of JSON' });
    const outcome = await runToolCall(call, createToolBox([probe(execute)]), { signal: calm });
    expect(outcome).toMatchObject({ isError: true, wasRun: false });
    expect(outcome.content).toContain('Unexpected end of JSON');
    expect(execute).not.toHaveBeenCalled();
  });

  test('lists the first five problems of its input with their paths', async () => {
    const execute = vi.fn(() => 'x');
    const inputSchema = z.strictObject({ items: z.array(z.strictObject({ size: z.number() })) });
    const tool = probe(execute as Tool['execute'], { inputSchema });
    const items = Array.from({ length: 7 }, () => ({ size: 'big' }));
    const outcome = await runTool([tool], 'probe', { items });
    expect(outcome.content).toMatchInlineSnapshot(`
      "The input does not fit the tool "probe", so it was not run:
      - items.0.size: Invalid input: expected number, received string
      - items.1.size: Invalid input: expected number, received string
      - items.2.size: Invalid input: expected number, received string
      - items.3.size: Invalid input: expected number, received string
      - items.4.size: Invalid input: expected number, received string
      - and 2 more"
    `);
    expect(outcome).toMatchObject({ isError: true, wasRun: false });
    expect(execute).not.toHaveBeenCalled();
  });

  test.each(['{"extra":1}', '{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{}}}'])(
    'with the unknown key of %s is rejected and pollutes nothing',
    async (json) => {
      const execute = vi.fn(() => 'x');
      const outcome = await runTool([probe(execute)], 'probe', JSON.parse(json));
      expect(outcome.content).toContain('Unrecognized key');
      expect(execute).not.toHaveBeenCalled();
      expect('polluted' in {}).toBe(false);
    },
  );

  test('with a throwing input check is a result too', async () => {
    const inputSchema = z.strictObject({}).refine(() => {
      throw new Error('checker broke');
    });
    const outcome = await runTool([probe(() => 'x', { inputSchema })], 'probe', {});
    expect(outcome.isError).toBe(true);
    expect(outcome.content).toContain('checker broke');
  });
});

describe('a gate', () => {
  test('gets the call after its input is checked, before the tool runs', async () => {
    const execute = vi.fn(() => 'x');
    const decision = Promise.withResolvers<GateDecision>();
    const asked: CheckedCall[] = [];
    const running = run(probe(execute), {
      gate: (call) => {
        asked.push(call);
        return decision.promise;
      },
    });
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    expect(asked).toMatchObject([{ tool: { name: 'probe' }, input: {} }]);
    expect(execute).not.toHaveBeenCalled();
    decision.resolve({ kind: 'allow' });
    expect(await running).toMatchObject({ content: 'x', wasRun: true });
  });

  test('is not asked about a call that cannot run', async () => {
    const gate = vi.fn(() => ({ kind: 'allow' }) as const);
    const call = callOf('probe', { unknown: 1 });
    await runToolCall(call, createToolBox([probe(() => 'x')]), { signal: calm, gate });
    expect(gate).not.toHaveBeenCalled();
  });

  test.each<[string, ToolGate, string]>([
    ['denies', () => ({ kind: 'deny', reason: 'Not this one.' }), 'Not this one.'],
    ['rejects', () => Promise.reject(new Error('broken')), 'The call was not allowed.'],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
      'The call was not allowed.',
    ],
  ])('that %s stops the call, and the model gets the reason', async (_, gate, content) => {
    const execute = vi.fn(() => 'x');
    const outcome = await run(probe(execute), { gate });
    expect(outcome).toMatchObject({ isError: true, wasRun: false });
    expect(outcome.content).toContain(content);
    expect(execute).not.toHaveBeenCalled();
  });

  test('that never answers does not delay the end of the conversation', async () => {
    const { signal, abort } = abortSignal();
    const running = run(
      probe(() => 'x'),
      { signal, gate: () => new Promise(() => undefined) },
    );
    abort();
    expect(await running).toMatchObject({ wasRun: false, isError: true });
  });

  test("does not count toward the tool's timeout", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const decision = Promise.withResolvers<GateDecision>();
    const running = run(
      probe(async () => 'in time', { timeoutMs: 1_000 }),
      { gate: () => decision.promise },
    );
    await vi.advanceTimersByTimeAsync(60_000);
    decision.resolve({ kind: 'allow' });
    expect(await running).toMatchObject({ content: 'in time' });
  });
});

describe("a tool's result", () => {
  test('reaches the model unchanged', async () => {
    expect(await run(probe(async () => 'fine'))).toEqual({
      callId: 'call-1',
      name: 'probe',
      content: 'fine',
      isError: false,
      wasRun: true,
    });
  });

  test('keeps its beginning and end when it is too long', async () => {
    const outcome = await run(probe(() => `start${'x'.repeat(50_000_000)}end`));
    expect(outcome.content).toHaveLength(48_000);
    expect(outcome.content).toMatch(/^startx+\n\[… 49,952,\d{3} characters left out …\]\nx+end$/);
    expect(outcome.isError).toBe(false);
  });

  test.each([
    [47_999, false],
    [48_000, false],
    [48_001, true],
  ])('of %i characters is clipped: %s', async (length, isClipped) => {
    const { content } = await run(probe(() => 'x'.repeat(length)));
    expect(content.includes('left out')).toBe(isClipped);
    expect(content.length).toBeLessThanOrEqual(48_000);
    if (!isClipped) expect(content).toHaveLength(length);
  });

  test('is made well-formed', async () => {
    expect((await run(probe(() => 'a\ud800b'))).content).toBe('a\ufffdb');
  });

  test.each([
    ['a number', 5, '5', false],
    ['a big number', 5n, '5', false],
    ['an object', { a: 1 }, '{"a":1}', false],
    ['null', null, 'null', false],
    ['nothing', undefined, 'ended without a result', true],
    ['a function', () => 1, 'ended without a result', true],
    ['a symbol', Symbol('x'), 'ended without a result', true],
    ['an object with a big number', { a: 1n }, 'The tool failed', true],
  ])('that violates the contract (%s) becomes safe text', async (_, result, content, isError) => {
    const outcome = await run(probe(() => result as unknown as string));
    expect(outcome.content).toContain(content);
    expect(outcome.isError).toBe(isError);
  });

  test('that violates the contract (a circular object) becomes an error', async () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const outcome = await run(probe(() => circular as unknown as string));
    expect(outcome.isError).toBe(true);
  });
});

describe('a tool that throws', () => {
  const system = Object.assign(
    new Error("ENOENT: no such file or directory, open '/home/ann lee/.config/x.json'"),
    { code: 'ENOENT' },
  );
  const nameless: unknown = Object.create(null);
  const evil = new Error('x');
  Object.defineProperty(evil, 'message', {
    get: () => {
      throw new Error('from a getter');
    },
  });

  test.each([
    ['a ToolError', new ToolError('Say it otherwise.'), 'Say it otherwise.'],
    ['an error', new Error('it broke'), 'The tool failed: it broke'],
    ['text', 'just text', 'The tool failed: just text'],
    ['a number', 42, 'The tool failed: 42'],
    ['nothing', undefined, 'The tool failed: undefined'],
    ['an object without a text form', nameless, 'The tool failed without saying why.'],
    ['an error whose message throws', evil, 'The tool failed without saying why.'],
    ['a system error', system, "The tool failed: ENOENT: no such file or directory, open 'x.json'"],
    [
      'a path',
      new Error('bad /usr/local/lib/a.js:3 and C:\\Users\\ann\\b.txt'),
      'The tool failed: bad a.js:3 and b.txt',
    ],
    ['a file URL', new Error('at file:///home/ann/a.js'), 'The tool failed: at a.js'],
    [
      'text that only looks like a path',
      new Error('1/2 or https://a.test/b/c'),
      'The tool failed: 1/2 or https://a.test/b/c',
    ],
    [
      'a message with a stack',
      new Error('bad\n    at run (/srv/x.js:1:2)\n    at y'),
      'The tool failed: bad',
    ],
    ['escape sequences', new Error('\x1b[31mred\u202e'), 'The tool failed: red[U+202E]'],
  ])('%s becomes a result, thrown or rejected', async (_, thrown, content) => {
    const sync = probe(() => {
      throw thrown;
    });
    const expected = { callId: 'call-1', name: 'probe', content, isError: true, wasRun: true };
    expect(await run(sync)).toEqual(expected);
    expect(await run(probe(() => Promise.reject(thrown)))).toEqual(expected);
  });

  test('gives a message of at most a few hundred characters', async () => {
    const outcome = await run(probe(() => Promise.reject(new Error('x'.repeat(1_000_000)))));
    expect(outcome.content.length).toBeLessThan(600);
  });
});

describe("a tool's timeout", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A tool that never ends, and its inputs. */
  function hanging(more: Partial<Pick<Tool, 'timeoutMs'>> = {}) {
    const contexts: ToolContext[] = [];
    const tool = probe((_, context) => {
      contexts.push(context);
      return new Promise<string>(() => undefined);
    }, more);
    return { tool, contexts };
  }

  test('does not run while the call is queued', async () => {
    vi.useFakeTimers();
    const resumes: (() => void)[] = [];
    const { tool, contexts } = hanging();
    const running = run(tool);
    const [context] = contexts;
    await vi.advanceTimersByTimeAsync(10_000);
    resumes.push(context!.pauseTime(), context!.pauseTime());
    await vi.advanceTimersByTimeAsync(3_600_000);
    resumes[0]?.();
    resumes[0]?.();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(context?.signal.aborted).toBe(false);
    resumes[1]?.();
    await vi.advanceTimersByTimeAsync(19_999);
    expect(context?.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect((await running).content).toContain('did not end within 30 s');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('ends with the conversation while the call is queued', async () => {
    const { tool, contexts } = hanging();
    const conversation = new AbortController();
    const running = run(tool, { signal: conversation.signal });
    contexts[0]?.pauseTime();
    conversation.abort();
    expect((await running).content).toContain('Cancelled');
  });

  test.each([
    ['its own limit', { timeoutMs: 1_500 }, {}, 1_500],
    ["the agent's limit", {}, { defaultTimeoutMs: 2_500 }, 2_500],
    ['30 s when nothing is said', {}, {}, 30_000],
  ])("ends after %s, and the tool's signal aborts", async (_, toolPart, options, ms) => {
    vi.useFakeTimers();
    const { tool, contexts } = hanging(toolPart);
    const running = run(tool, options);
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(contexts[0]?.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(contexts[0]?.signal.aborted).toBe(true);
    expect(contexts[0]?.signal.reason).toMatchObject({ name: 'TimeoutError' });
    const outcome = await running;
    expect(outcome.isError).toBe(true);
    expect(outcome.content).toContain(`within ${ms / 1000} s`);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('stops when the tool ends', async () => {
    vi.useFakeTimers();
    await run(probe(() => 'x'));
    expect(vi.getTimerCount()).toBe(0);
  });

  test('drops later results of an overdue tool without an unhandled rejection', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const overrun = Promise.withResolvers<string>();
    const outcome = await run(
      probe(() => overrun.promise),
      { defaultTimeoutMs: 5 },
    );
    overrun.reject(new Error('too late'));
    await settled();
    process.off('unhandledRejection', unhandled);
    expect(outcome.content).toContain('given up');
    expect(unhandled).not.toHaveBeenCalled();
  });

  test('ends at once for a cancelled conversation, even when the tool hangs', async () => {
    const controller = new AbortController();
    const { tool, contexts } = hanging();
    const running = run(tool, { signal: controller.signal });
    await vi.waitFor(() => expect(contexts).toHaveLength(1));
    controller.abort('stop');
    const outcome = await running;
    expect(outcome).toMatchObject({ isError: true, content: expect.stringContaining('Cancelled') });
    expect(contexts[0]?.signal.reason).toBe('stop');
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('does not start for a conversation that is already cancelled', async () => {
    const execute = vi.fn(() => 'x');
    const outcome = await run(probe(execute), { signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ isError: true, content: expect.stringContaining('Not run') });
    expect(execute).not.toHaveBeenCalled();
  });

  test("leaves no listener on the conversation's signal", async () => {
    const { signal } = new AbortController();
    await run(
      probe(() => 'x'),
      { signal },
    );
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

test.each([470, 480, 490])(
  'a key at the clipping point of an error, after %i characters, is redacted and not clipped',
  async (before) => {
    const redactor = new Redactor();
    const key = 'q7Zt-canary-0123456789-abcdefghij';
    redactor.add(key);
    const tool = probe(() => {
      throw new Error(`${'x '.repeat(before / 2)}${key} and more ${'y'.repeat(3_000)}`);
    });
    const options = { signal: calm, hideKeys: redactor.hideKeys };
    const { content } = await runToolCall(callOf('probe', {}), createToolBox([tool]), options);
    expect(content).not.toContain(key.slice(0, 8));
  },
);

test('a tool gets the call that it answers', async () => {
  expect((await run(probe((_, { callId }) => callId))).content).toBe('call-1');
});

test('a toolbox rejects duplicate names and names that providers reject', () => {
  const tool = probe(() => 'x');
  expect(() => createToolBox([tool, tool])).toThrow(UserError);
  for (const name of ['', 'a b', 'x'.repeat(65), '__proto__\u0000', 'ä']) {
    expect(() => createToolBox([{ ...tool, name }])).toThrow(UserError);
  }
});

test('no input makes a call reject or reaches a tool unchecked', async () => {
  const inputSchema = z.strictObject({
    n: z.number(),
    list: z.array(z.string()).optional(),
    nested: z.strictObject({ flag: z.boolean() }).optional(),
  });
  const seen: unknown[] = [];
  const tool = defineTool({
    ...probe(() => ''),
    inputSchema,
    execute: (input) => {
      seen.push(input);
      return 'ran';
    },
  });
  const box = createToolBox([tool]);
  const key = fc.constantFrom(
    'n',
    'list',
    'nested',
    'flag',
    '__proto__',
    'constructor',
    'toString',
  );
  const hostile = fc
    .array(fc.tuple(key, fc.jsonValue({ maxDepth: 2 })))
    .map(
      (pairs) => `{${pairs.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join()}}`,
    )
    .map((json): unknown => JSON.parse(json));
  await fc.assert(
    fc.asyncProperty(fc.oneof(hostile, fc.jsonValue(), fc.anything()), async (input) => {
      const before = seen.length;
      const outcome = await runToolCall(callOf('probe', input), box, { signal: calm });
      expect(outcome.isError).toBe(seen.length === before);
      for (const given of seen.slice(before)) {
        expect(inputSchema.safeParse(given).success).toBe(true);
        expect(Object.getPrototypeOf(given)).toBe(Object.prototype);
      }
    }),
    { numRuns: 5_000 },
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
});
