import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../../src/demo/server.ts';
import { converseByMessages, converseByResponses } from './conversations.ts';

const tools = ['read_file', 'list_files', 'search_text', 'sum_numbers'];

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer({ pace: 0 });
});
afterAll(() => server.close());

const answering = (text: string, isError = false) => ({ tools, run: () => ({ text, isError }) });

it('reads the files in backticks, all in one turn', async () => {
  const prompt = 'Read `src/a.ts` and `README.md`, call `foo()`, and say what they do.';
  const options = answering('one\ntwo\n\nthree\nfour\n');
  for (const converse of [converseByMessages, converseByResponses]) {
    const { answer, turns } = await converse(server, prompt, options);
    expect(turns).toEqual([
      [
        { name: 'read_file', input: { path: 'src/a.ts' } },
        { name: 'read_file', input: { path: 'README.md' } },
      ],
    ]);
    expect(answer).toContain('`read_file` of `src/a.ts` returned 5 lines of text, beginning with:');
    expect(answer).toContain('```\none\ntwo\nthree\n```');
    expect(answer).not.toContain('four');
    expect(answer).toContain('does not understand');
    expect(answer).toContain('*Simulated by the demo model.*');
  }
});

it.each([
  ['List the files.', { name: 'list_files', input: {} }],
  ['Please list all files in `src`.', { name: 'list_files', input: { path: 'src' } }],
  ['Search for `TODO`.', { name: 'search_text', input: { query: 'TODO' } }],
  ['Find every occurrence of "src/a.ts"', { name: 'search_text', input: { query: 'src/a.ts' } }],
  ['How many lines does `lib/x.py` have?', { name: 'read_file', input: { path: 'lib/x.py' } }],
])('%j calls the tool it needs', async (prompt, call) => {
  const { turns, answer } = await converseByMessages(server, prompt, answering('a\nb'));
  expect(turns).toEqual([[call]]);
  expect(answer).toContain('returned 2 lines of text');
});

const editors = ['edit_file', 'write_file', 'rename_file', 'delete_file', 'read_file'];

it.each([
  [
    'Replace `a b` with `a\u0027b` in `src/a.ts`.',
    [{ name: 'edit_file', input: { path: 'src/a.ts', oldText: 'a b', newText: "a'b" } }],
  ],
  [
    'Rename `src/a.ts` to `src/b.ts`, then delete `c.ts`, and in `src/d.ts`, replace `x.y` by `y`.',
    [
      { name: 'rename_file', input: { path: 'src/a.ts', newPath: 'src/b.ts' } },
      { name: 'delete_file', input: { path: 'c.ts' } },
      { name: 'edit_file', input: { path: 'src/d.ts', oldText: 'x.y', newText: 'y' } },
    ],
  ],
  [
    'Delete `old.md`. Read `src/a.ts`. Write `src/a.ts adds` to `notes.md`.',
    [
      { name: 'read_file', input: { path: 'src/a.ts' } },
      { name: 'delete_file', input: { path: 'old.md' } },
      { name: 'write_file', input: { path: 'notes.md', content: 'src/a.ts adds\n' } },
    ],
  ],
])('%j proposes the edits it names', async (prompt, calls) => {
  const options = { tools: editors, run: () => ({ text: 'Proposed.', isError: false }) };
  for (const converse of [converseByMessages, converseByResponses]) {
    const { turns, answer } = await converse(server, prompt, options);
    expect(turns).toEqual([calls]);
    expect(answer).toContain(`\`${calls[0]?.name}\` of \`${calls[0]?.input.path}\` returned`);
  }
});

it('separates the remark at the end of a result from its lines', async () => {
  const remark = '2 matching lines in 40 files searched.';
  const found = answering(`src/a.ts:1: TODO\nsrc/b.ts:7: TODO\n\n[${remark}]`);
  const { answer } = await converseByMessages(server, 'Search for `TODO`', found);
  expect(answer).toContain('returned 2 lines of text:');
  expect(answer).toContain(`\`\`\`\n\n${remark}\n`);
  const nothing = answering('[0 matching lines in 40 files searched.]');
  const empty = await converseByMessages(server, 'Search for `TODO`', nothing);
  expect(empty.answer).toContain('of `TODO` returned 0 matching lines in 40 files searched.');
});

it('says what failed', async () => {
  const options = answering('No such file: src/a.ts', true);
  for (const converse of [converseByMessages, converseByResponses]) {
    const { answer } = await converse(server, 'Read `src/a.ts`', options);
    expect(answer).toMatch(/`read_file` of `src\/a\.ts` failed: .*No such file/);
  }
});

it('puts a file that contains fences inside its own fence', async () => {
  const { answer } = await converseByMessages(server, 'Read `a.md`', answering('```ts\nx\n```'));
  expect(answer).toContain('````\n```ts\nx\n```\n````');
});

it('calls no tool that is not offered', async () => {
  const options = { tools: ['sum_numbers'] };
  const { turns, answer } = await converseByMessages(server, 'Read `src/a.ts`', options);
  expect(turns).toEqual([]);
  expect(answer).toContain('does not understand other questions');
});
