import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { Redactor } from '../../../../src/core/base/redact.ts';
import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';
import { readToolInput, toolCallOf } from '../../../../src/core/providers/turn/toolInput.ts';
import { createArithmeticTools } from '../../../../src/core/tools/arithmetic/arithmeticTools.ts';
import { runToolCall } from '../../../../src/core/tools/runToolCall.ts';
import type { Tool } from '../../../../src/core/tools/tool.ts';
import { createToolBox } from '../../../../src/core/tools/toolBox.ts';
import { createProposalTools } from '../../../../src/core/tools/workspace/proposalTools.ts';
import type { Workspace } from '../../../../src/core/tools/workspace/workspace.ts';
import { createWorkspaceTools } from '../../../../src/core/tools/workspace/workspaceTools.ts';
import { parseFromPanel } from '../../../../src/shared/panelProtocol.ts';
import {
  hostileJson,
  hostileObject,
  oddNames,
  oddPrototypes,
  pollution,
} from '../../../support/hostileJson.ts';
import { probe } from './toolFixtures.ts';

vi.setConfig({ testTimeout: 60_000 });

/** The inputs that any tool received. */
const given: unknown[] = [];

/** An empty workspace that records its calls. */
const workspace: Workspace = {
  readText: async (path) => {
    given.push(path);
    return { path, text: 'text\n', bytes: 5, isCut: false, leftOut: {} };
  },
  readWindow: async (path) => ({ path, text: '', isEnd: true, bytesRead: 0, bytes: 0 }),
  locate: async (path) => path,
  writeTarget: async (path) => {
    given.push(path);
    return { path, realPath: path, openPath: path, read: async () => null };
  },
  list: async (query) => {
    given.push(query);
    return { paths: [], isCut: false, leftOut: {} };
  },
  search: async (query) => {
    given.push(query);
    return { matches: [], filesSearched: 0, largeFilesLeft: 0, firstLargeLeft: [], leftOut: {} };
  },
};

const anyTool = probe(
  (input) => {
    given.push(input);
    return JSON.stringify(input);
  },
  { inputSchema: z.strictObject({ path: z.unknown(), numbers: z.unknown(), value: z.unknown() }) },
);
const tools: readonly Tool[] = [
  ...createArithmeticTools(),
  ...createWorkspaceTools(workspace),
  ...createProposalTools(workspace),
  anyTool,
];
const fields = ['numbers', 'path', 'pattern', 'query', 'isRegExp', 'startLine', 'value', 'a', 'b'];
const fitting = [
  '{"numbers":[1,2]}',
  '{"path":"a.txt"}',
  '{"path":"__proto__","pattern":"constructor"}',
  '{"query":"__proto__"}',
];
const names = [...tools.map(({ name }) => name), ...oddNames];

/** The object that a text means: the inner object if encoded twice, an empty one for `null`. */
function objectMeantBy(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'string') return value ?? {};
  return value.trim() === '' ? {} : (JSON.parse(value) ?? {});
}

describe('arguments of a tool call', () => {
  test('35,000 inputs change no prototype, add none, and give a text result', async () => {
    const box = createToolBox(tools);
    const redactor = new Redactor();
    redactor.add('polluted-key');
    const { signal } = new AbortController();
    const options = { signal, hideKeys: redactor.hideKeys };
    const argumentText = fc.oneof(
      { weight: 6, arbitrary: hostileObject(fields).map((value) => JSON.stringify(value)) },
      { weight: 2, arbitrary: fc.constantFrom(...fitting) },
      hostileJson.map((value) => JSON.stringify(value)),
      fc.string(),
    );
    let wellFormed = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), argumentText, async (name, text) => {
        given.length = 0;
        const read = readToolInput(text);
        const outcome = await runToolCall(toolCallOf('call', name, read), box, options);
        const { content } = outcome;
        // One assertion per case: separate ones for fifty thousand cases take too long.
        const isText = typeof content === 'string' && content.isWellFormed();
        const brought = oddPrototypes([read.replay, given, redactor.hideKeysIn(read.input)]);
        // The history holds the model's own words.
        const isSame =
          read.inputError !== undefined ||
          text.trim() === '' ||
          JSON.stringify(read.replay) === JSON.stringify(objectMeantBy(text));
        if (!isText || brought.length > 0 || !isSame) expect.unreachable(text);
        if (!outcome.isError) wellFormed += 1;
      }),
      { numRuns: 35_000 },
    );
    expect(pollution()).toEqual([]);
    // Some of them must reach a tool.
    expect(wellFormed).toBeGreaterThan(300);
  });

  test.each(oddNames)('an extra field named %j is rejected and not passed on', async (name) => {
    given.length = 0;
    const text = `{"path":"a.txt",${JSON.stringify(name)}:{"polluted":true}}`;
    const call = toolCallOf('call', 'read_file', readToolInput(text));
    const { signal } = new AbortController();
    const outcome = await runToolCall(call, createToolBox(tools), { signal });
    expect(outcome).toMatchObject({ isError: true, wasRun: false });
    expect(given).toEqual([]);
    expect(pollution()).toEqual([]);
  });
});

test('5,000 settings of prompt files change no prototype and set only known settings', () => {
  const setting = fc.constantFrom(
    ...['model', 'provider', 'tools', 'vars', 'skip', 'system', 'maxTurns', 'effort', 'name'],
    ...['baseUrl', 'apiKey', 'headers', 'env', 'command', '<<', '*a', '&a', '!!js/function'],
    ...oddNames.filter((name) => name.length < 100),
  );
  const value = hostileJson.map((json) => JSON.stringify(json).slice(0, 500));
  const line = fc.tuple(setting, value).map(([name, json]) => `${JSON.stringify(name)}: ${json}`);
  const file = fc
    .tuple(fc.array(line, { maxLength: 5 }), fc.boolean())
    .map(([lines, atTop]) =>
      atTop
        ? `---\n${lines.join('\n')}\n---\n\n## A\n\ntext\n`
        : `## A\n\n<!-- interleave\n${lines.join('\n')}\n-->\n\ntext\n`,
    );
  fc.assert(
    fc.property(file, fc.constantFrom('a.prompts.md', 'a.prompt.md'), (text, name) => {
      const { prompts, diagnostics } = parsePromptFile(text, name);
      const foreign = prompts
        .flatMap(({ options }) => Object.keys(options))
        .filter((key) => /url|key|header|env|command|proto|constructor/i.test(key));
      const brought = oddPrototypes([prompts, diagnostics]);
      if (brought.length > 0 || foreign.length > 0) expect.unreachable(text);
    }),
    { numRuns: 5_000 },
  );
  expect(pollution()).toEqual([]);
});

test('10,000 panel messages change no prototype and are plain copies', () => {
  const type = fc.constantFrom('openLink', 'copyText', 'cancelConversation', 'ready', ...oddNames);
  const message = fc.oneof(
    fc
      .tuple(type, hostileObject(['type', 'url', 'text', 'conversation']))
      .map(([kind, more]) => JSON.parse(JSON.stringify({ ...more, id: 1, type: kind })) as unknown),
    hostileJson,
  );
  fc.assert(
    fc.property(message, (sent) => {
      const read = parseFromPanel(sent);
      if (read === undefined) return;
      const odd = Object.keys(read).filter((key) => oddNames.includes(key));
      if (read === sent || oddPrototypes(read).length > 0 || odd.length > 0) {
        expect.unreachable(JSON.stringify(sent));
      }
    }),
    { numRuns: 10_000 },
  );
  expect(pollution()).toEqual([]);
});
