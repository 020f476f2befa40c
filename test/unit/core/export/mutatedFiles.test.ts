import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { answerPieces } from '../../../../src/cli/answers.ts';
import { conversationToMarkdown, resultToMarkdown } from '../../../../src/core/export/markdown.ts';
import { runResultSchema } from '../../../../src/core/export/resultSchema.ts';
import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';
import type { RunResult } from '../../../../src/shared/runResult.ts';
import { toRunResult } from '../../../../src/shared/runResult.ts';
import { hostileJson, oddNames, oddPrototypes, pollution } from '../../../support/hostileJson.ts';
import { acting } from '../../../support/hostileText.ts';
import { RunScript } from '../../../support/panel/runScript.ts';
import { answers, fails, starts } from '../../shared/steps.ts';

vi.setConfig({ testTimeout: 60_000 });

/** A mutation of a text: a part is removed, repeated or replaced. */
const textMutation = fc.record({
  at: fc.nat(),
  length: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(200)),
  put: fc.oneof(
    fc.constantFrom('\0', '\ud800', '\r', '\n', '\u2028', '---', '-->', '<!--', '"', "'", '{', '['),
    fc.constantFrom(
      '../',
      '/etc/passwd',
      'C:\\',
      '..%2f',
      '&a ',
      '*a ',
      '!!js ',
      '<<: ',
      '\t',
      ': ',
    ),
    fc.constantFrom('baseUrl: https://evil.example\n', 'apiKey: x\n', 'headers: {a: b}\n'),
    fc.constantFrom('env: {A: b}\n', 'command: rm\n', 'tools: [run_command]\n', '__proto__: 1\n'),
    fc.string({ unit: 'binary', maxLength: 8 }),
  ),
});

function mutate(text: string, mutations: readonly { at: number; length: number; put: string }[]) {
  return mutations.reduce((all, { at, length, put }) => {
    const start = at % (all.length + 1);
    return all.slice(0, start) + put + all.slice(start + length);
  }, text);
}

const promptFiles = [
  readFileSync('examples/math.prompts.md', 'utf8'),
  `---\nprovider: demo\nmodel: m\ntools: [read_file]\nmaxTurns: 3\n---\n\n# Notes\n\n## First one\n\n<!-- interleave\nskip: true\nvars: {a: b}\n-->\n\nDo \${input:what}.\n\n\`\`\`\n## no heading\n\`\`\`\n\n## Second\n\ntext\n`,
];

/** All options of a prompt. None of them sets an endpoint or starts a program. */
const knownOptions = /^(?:provider|model|tools|system|effort|max[A-Z]\w*|temperature|vars)$/;

test('5,000 damaged or invented prompt files set no server, header, program or path', () => {
  const mutations = fc.array(textMutation, { minLength: 1, maxLength: 6 });
  const name = fc.constantFrom(
    'a.prompts.md',
    'a.prompt.md',
    '../../x.prompts.md',
    'con.prompt.md',
  );
  let read = 0;
  fc.assert(
    fc.property(fc.constantFrom(...promptFiles), mutations, name, (file, changes, fileName) => {
      const { prompts, diagnostics } = parsePromptFile(mutate(file, changes), fileName);
      read += prompts.length;
      const foreign = prompts
        .flatMap(({ options }) => Object.keys(options))
        .filter((key) => !knownOptions.test(key));
      // An id begins with the file name and has no path after it.
      const places = prompts.filter(({ id }) => !/^[^#]*#[\p{L}\p{M}\p{N}-]+$/u.test(id));
      const unclear = diagnostics.filter(({ message }) => acting.test(message));
      const odd = oddPrototypes([prompts, diagnostics]);
      expect([foreign, places, unclear, odd]).toEqual([[], [], [], []]);
    }),
    { numRuns: 5_000 },
  );
  expect(read).toBeGreaterThan(5_000);
  expect(pollution()).toEqual([]);
});

function sample(): RunResult {
  const call = { turn: 1, callId: 'a', name: 'sum_numbers' };
  const script = new RunScript({ prompts: [{ name: 'A' }, { name: 'B' }] })
    .steps(0, ...starts, { type: 'tool.started', ...call, input: { numbers: [1] } })
    .steps(0, { type: 'tool.finished', ...call, output: '1', isError: false }, ...answers('1', 2))
    .steps(1, ...starts, ...fails)
    .finish();
  return toRunResult(script.state());
}

type Change = 'replace' | 'remove' | 'add';

/** The same result with a change at the place that `path` leads to. */
function mutateResult(path: readonly number[], change: Change, value: unknown, name: string) {
  const result = JSON.parse(JSON.stringify(sample())) as { [key: string]: unknown };
  let at: { [key: string]: unknown } = result;
  for (const step of path) {
    const inner = Object.values(at).filter((one) => typeof one === 'object' && one !== null);
    const next = inner[step % Math.max(1, inner.length)];
    if (next !== undefined) at = next as { [key: string]: unknown };
  }
  const keys = Object.keys(at);
  const key = keys[(path[0] ?? 0) % Math.max(1, keys.length)] ?? 'x';
  if (change === 'remove') {
    delete at[key];
  } else if (!Array.isArray(at)) {
    // As in a JSON parser, `__proto__` is an ordinary name.
    const target = change === 'add' ? name : key;
    Object.defineProperty(at, target, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else if (change === 'add') at.push(value);
  else at[Number(key) || 0] = value;
  return result;
}

test('5,000 damaged or invented results are rejected or exported without harm', () => {
  const text = fc.constantFrom(
    ...oddNames,
    '# x',
    '```',
    '\n## 9. Forged\n',
    '<script>',
    '../../x',
  );
  let accepted = 0;
  fc.assert(
    fc.property(
      fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }),
      fc.constantFrom<Change>('replace', 'remove', 'add'),
      fc.oneof(hostileJson, text),
      fc.constantFrom(...oddNames),
      (path, change, value, name) => {
        const made = mutateResult(path, change, value, name);
        const read = runResultSchema.safeParse(made);
        if (!read.success) return;
        accepted += 1;
        const result = read.data as RunResult;
        const reports = [
          resultToMarkdown(result, 'title'),
          ...result.conversations.map(conversationToMarkdown),
        ];
        for (const report of reports) {
          expect(report).toMatch(/^## \d+\. /m);
        }
        const printed = [...answerPieces(result)].join('');
        const lines = printed.split('\n').filter((line) => /^[✓✕⚠⊘] /.test(line));
        expect(lines).toHaveLength(result.conversations.length);
        expect(acting.test(printed.replaceAll(/[\u200c\u200d]/g, ''))).toBe(false);
      },
    ),
    { numRuns: 5_000 },
  );
  expect(accepted).toBeGreaterThan(500);
  expect(pollution()).toEqual([]);
});
