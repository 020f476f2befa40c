import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { toolCallDefaults } from '../../../../../src/core/tools/runToolCall.ts';
import type { Tool } from '../../../../../src/core/tools/tool.ts';
import { createWorkspaceTools } from '../../../../../src/core/tools/workspace/workspaceTools.ts';
import { runTool } from '../toolFixtures.ts';
import { canary, DiskTree, Workspaces } from './workspaceFixture.ts';

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 60_000 });

let tree: DiskTree;
let workspaces: Workspaces;
let tools: readonly Tool[];

const lines = (count: number, text = ''): string =>
  Array.from({ length: count }, (_, index) => `${index + 1}${text}\n`).join('');

beforeAll(() => {
  workspaces = new Workspaces();
  tree = new DiskTree({
    'inside/five.txt': lines(5),
    'inside/long.txt': lines(2_001),
    'inside/exact.txt': lines(2_000),
    'inside/wide.txt': lines(1_000, 'x'.repeat(100)),
    'inside/one-line.txt': 'z'.repeat(100_000),
    'inside/huge.txt': 'y\n'.repeat(600_000),
    'inside/empty.txt': '',
    'inside/no-feed.txt': 'a\nb',
    'inside/evil\u202ename.txt': 'evil text\n',
    'inside/folder/': '',
    'inside/.env': canary,
  });
  tools = createWorkspaceTools(workspaces.over(tree.scope()));
});

afterAll(() => {
  workspaces.dispose();
  tree.remove();
});

async function result(name: string, input: unknown): Promise<string> {
  const { content, isError } = await runTool(tools, name, input);
  return isError ? `error: ${content}` : content;
}

describe('read_file', () => {
  test.each([
    [{ path: 'five.txt' }, '1\n2\n3\n4\n5'],
    [{ path: 'no-feed.txt' }, 'a\nb'],
    [{ path: 'empty.txt' }, 'The file is empty.'],
    [{ path: 'five.txt', startLine: 4 }, '4\n5\n\n[Lines 4 to 5 of 5.]'],
    [{ path: 'five.txt', startLine: 2, endLine: 3 }, '2\n3\n\n[Lines 2 to 3 of 5.]'],
    [{ path: 'five.txt', startLine: 5, endLine: 99 }, '5\n\n[Lines 5 to 5 of 5.]'],
    [{ path: 'five.txt', startLine: 1, endLine: 5 }, '1\n2\n3\n4\n5'],
  ])('%j returns %j', async (input, expected) => {
    expect(await result('read_file', input)).toBe(expected);
  });

  test.each([
    [{ path: 'five.txt', startLine: 6 }, /The file has 5 lines/],
    [{ path: 'five.txt', startLine: 3, endLine: 2 }, /must not be before/],
    [{ path: 'five.txt', startLine: 0 }, /does not fit/],
    [{ path: 'five.txt', startLine: 1.5 }, /does not fit/],
    [{ path: '' }, /does not fit/],
    [{}, /does not fit/],
    [{ path: '.env' }, /credentials/],
    [{ path: 'folder' }, /is a folder/],
  ])('%j is an error with the reason', async (input, reason) => {
    expect(await result('read_file', input)).toMatch(reason);
    expect(await result('read_file', input)).toMatch(/^error: /);
  });

  test('returns 2,000 lines at a time and says how to continue', async () => {
    expect(await result('read_file', { path: 'exact.txt' })).toMatch(/1999\n2000$/);
    const first = await result('read_file', { path: 'long.txt' });
    expect(first).toMatch(/\n2000\n\n\[Lines 1 to 2,000 of 2,001\. Go on with startLine 2001\.\]$/);
    const rest = await result('read_file', { path: 'long.txt', startLine: 2001 });
    expect(rest).toBe('2001\n\n[Lines 2,001 to 2,001 of 2,001.]');
  });

  test('can be continued to the end of a file, whatever fits at a time', async () => {
    const seen: string[] = [];
    for (let startLine: number | undefined = 1; startLine !== undefined; ) {
      const content = await result('read_file', { path: 'wide.txt', startLine });
      expect(content.length).toBeLessThan(toolCallDefaults.maxOutputChars);
      const [body = '', note = ''] = content.split('\n\n[');
      seen.push(body);
      const next = /startLine (\d+)/.exec(note)?.[1];
      startLine = next === undefined ? undefined : Number(next);
    }
    expect(seen.length).toBeGreaterThan(2);
    expect(`${seen.join('\n')}\n`).toBe(lines(1_000, 'x'.repeat(100)));
  });

  test('truncates a line that is too long by itself, and says so', async () => {
    const content = await result('read_file', { path: 'one-line.txt' });
    expect(content).toMatch(
      /^z{40000}\n\n\[Line 1 has 100,000 characters: 1 to 40,000 are shown, 60,000 are left\. Go on with startLine 1 and startColumn 40001, or find the place with search_text\.\]$/,
    );
  });

  test('C49: a line of 320,000 characters can be read to its end by columns', async () => {
    const line = Array.from({ length: 32_000 }, (_, index) => `${index}😀`.padEnd(9)).join('');
    tree.write({ 'inside/min.js': `short\n${line}\nlast\n` });
    const first = await result('read_file', { path: 'min.js' });
    expect(first).toBe('short\n\n[Lines 1 to 1 of 3. Go on with startLine 2.]');
    let seen = '';
    let input = { path: 'min.js', startLine: 2, startColumn: 1 };
    for (let times = 0; times < 20; times++) {
      const content = await result('read_file', input);
      expect(content.length).toBeLessThan(toolCallDefaults.maxOutputChars);
      const [body = '', note = ''] = content.split('\n\n[');
      const next = /startLine 2 and startColumn (\d+)/.exec(note);
      seen += next === null ? body.split('\n')[0] : body;
      if (next === null) {
        expect(body.split('\n')[1]).toBe('last');
        break;
      }
      expect(note).toContain('Line 2 has ');
      input = { ...input, startColumn: Number(next[1]) };
    }
    expect(seen).toBe(line);
    expect(await result('read_file', { path: 'five.txt', startColumn: 2 })).toMatch(
      /^error: Line 1 has 1 character; startColumn is behind the last\.$/,
    );
  });

  test('reads a file that is too large to be read as a whole in parts, and says how to go on', async () => {
    const content = await result('read_file', { path: 'huge.txt' });
    expect(content).toMatch(
      /\[Lines 1 to 2,000\. Go on with startLine 2001\. The file has 1\.2 MB; about 1\.2 MB of it come after this\.\]$/,
    );
    const end = await result('read_file', { path: 'huge.txt', startLine: 599_999 });
    expect(end).toBe('y\ny\n\n[Lines 599,999 to 600,000. This is the end of the file.]');
    const one = { path: 'huge.txt', startLine: 400_000, endLine: 400_000 };
    expect(await result('read_file', one)).toMatch(
      /^y\n\n\[Lines 400,000 to 400,000\. The file has 1\.2 MB; about 400\.0 kB of it come after this\.\]$/,
    );
    expect(await result('read_file', { path: 'huge.txt', startLine: 600_001 })).toBe(
      'error: The file has 600,000 lines; startLine is behind the last.'.replace(',', ''),
    );
    expect(await result('read_file', { path: 'huge.txt', startLine: 9, startColumn: 2 })).toBe(
      'error: Line 9 has 1 character; startColumn is behind the last.',
    );
  });
});

describe('list_files', () => {
  test('returns a line for each path and makes names visible', async () => {
    const content = await result('list_files', {});
    expect(content.split('\n')).toContain('folder/');
    expect(content).toContain('evil[U+202E]name.txt');
    expect(content).not.toContain('.env');
    expect(await result('list_files', { path: 'folder' })).toBe('The folder is empty.');
    expect(await result('list_files', { pattern: '*.none' })).toBe('No file matches.');
  });

  test('says when there are more files than it shows', async () => {
    const many = new DiskTree(
      Object.fromEntries(
        Array.from({ length: 1_000 }, (_, index) => [`inside/${'n'.repeat(80)}${index}`, '']),
      ),
    );
    const [, list] = createWorkspaceTools(workspaces.over(many.scope()));
    const { content } = await runTool([list!], 'list_files', {});
    expect(content).toMatch(
      /\n\n\[The first \d+ of 1,000 only\. Narrow the list by a path or a pattern\.\]$/,
    );
    expect(content.length).toBeLessThan(toolCallDefaults.maxOutputChars);
    many.remove();
  });
});

describe('files that are left out', () => {
  let guarded: DiskTree;
  let asked: readonly Tool[];

  beforeAll(() => {
    guarded = new DiskTree({
      'inside/a.txt': 'needle\n',
      'inside/prod.env': canary,
      'inside/terraform.tfstate': canary,
      'inside/server.pem.bak': canary,
      'inside/.git/config': canary,
      'inside/link.txt': '->a.txt',
      'inside/sub/.npmrc': canary,
      'inside/sub/own-name': `-----BEGIN OPENSSH PRIVATE KEY-----\n${canary}\n`,
    });
    asked = createWorkspaceTools(workspaces.over(guarded.scope()));
  });

  afterAll(() => guarded.remove());

  const ask = async (name: string, input: unknown): Promise<string> =>
    (await runTool(asked, name, input)).content;

  test('are counted and never shown', async () => {
    expect(await ask('list_files', {})).toBe(
      'a.txt\nsub/\n\n[3 protected files, 1 protected folder and 1 link left out.]',
    );
    expect(await ask('list_files', { path: '.', pattern: '**' })).toBe(
      'a.txt\nsub/own-name\n\n[4 protected files, 1 protected folder and 1 link left out.]',
    );
    expect(await ask('list_files', { pattern: '*.env' })).toBe(
      'No file matches.\n\n[1 protected file and 1 protected folder left out.]',
    );
    expect(await ask('search_text', { query: canary })).toBe(
      '[0 matching lines in 1 file searched. 5 protected files, 1 protected folder and 1 link left out.]',
    );
  });

  test.each(['prod.env', 'terraform.tfstate', 'server.pem.bak', 'sub/.npmrc', 'sub/own-name'])(
    '%s is not read',
    async (path) => {
      expect(await runTool(asked, 'read_file', { path })).toMatchObject({
        content: expect.stringContaining('files that usually hold credentials are withheld'),
        isError: true,
      });
    },
  );
});

describe('search_text', () => {
  test('returns a line for each match and counts the files', async () => {
    expect(await result('search_text', { query: '^5$', isRegExp: true, path: 'five.txt' })).toBe(
      'five.txt:5: 5\n\n[1 matching line in 1 file searched.]',
    );
    expect(await result('search_text', { query: 'evil' })).toContain(
      'evil[U+202E]name.txt:1: evil',
    );
    expect(await result('search_text', { query: 'EVIL' })).toContain('name.txt:1: evil');
    expect(await result('search_text', { query: 'EVIL', caseSensitive: true })).toMatch(
      /^\[0 matching/,
    );
    expect(await result('search_text', { query: 'y', path: 'huge.txt' })).toContain('huge.txt:1');
    expect(await result('search_text', { query: '4', path: 'five.txt', startLine: 4 })).toBe(
      'five.txt:4: 4\n\n[1 matching line in 1 file searched.]',
    );
    expect(await result('search_text', { query: '4', path: 'five.txt', startLine: 5 })).toBe(
      '[0 matching lines in 1 file searched.]',
    );
    expect(await result('search_text', { query: '4', startLine: 2 })).toBe(
      'error: startLine is for one file: give its path.',
    );
  });

  test('says when it stopped early and stays within its max length', async () => {
    const content = await result('search_text', { query: 'x', path: 'wide.txt' });
    expect(content).toContain('[200 matching lines in 1 file searched. There are more.');
    expect(content.length).toBeLessThan(toolCallDefaults.maxOutputChars);
  });

  test('goes on where an answer ended, until all are shown', async () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => `needle ${index}`);
    const tree = new DiskTree({
      'inside/a.txt': lines.slice(0, 500).join('\n'),
      'inside/b.txt': lines.slice(500).join('\n'),
    });
    const tools = createWorkspaceTools(workspaces.over(tree.scope()));
    const found: string[] = [];
    for (let skip: number | undefined = 0; skip !== undefined; ) {
      const input = { query: 'needle', ...(skip === 0 ? {} : { skip }) };
      const { content }: { readonly content: string } = await runTool(tools, 'search_text', input);
      found.push(...content.split('\n').filter((line) => line.includes('needle')));
      const next: string | undefined = /Go on with skip (\d+)\./.exec(content)?.[1];
      skip = next === undefined ? undefined : Number(next);
    }
    expect(found.map((line) => line.replace(/^.*: /, ''))).toEqual(lines);
    tree.remove();
  });

  test('gives the column of a match in a long line, with which read_file goes on', async () => {
    const tree = new DiskTree({ 'inside/long.txt': `${'x'.repeat(50_000)}needle${'y'.repeat(9)}` });
    const tools = createWorkspaceTools(workspaces.over(tree.scope()));
    const { content } = await runTool(tools, 'search_text', { query: 'needle' });
    expect(content).toMatch(/^long\.txt:1:50001: …x+needley+\n/);
    const place = { startLine: 1, endLine: 1, startColumn: 50_001, endColumn: 50_006 };
    const read = await runTool(tools, 'read_file', { path: 'long.txt', ...place });
    expect(read.content).toBe(
      'needle\n\n[From column 50,001 of line 1. To column 50,006 of 50,015 in line 1.]',
    );
    tree.remove();
  });

  test.each([{ query: '' }, { query: 'x', regex: true }, { query: 1 }, {}])(
    'rejects %j',
    async (input) => {
      expect(await result('search_text', input)).toMatch(/^error: The input does not fit/);
    },
  );
});

test('no arguments make a tool reject, run long or leak', async () => {
  const key = fc.constantFrom(
    'path',
    'startLine',
    'endLine',
    'pattern',
    '__proto__',
    'constructor',
    'x',
  );
  const value = fc.oneof(
    fc.constantFrom(
      '',
      '.',
      '.env',
      '..',
      '../outside/hidden.txt',
      'five.txt',
      '**',
      '*',
      '{',
      '[',
    ),
    fc.integer(),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const input = fc
    .array(fc.tuple(key, value), { maxLength: 3 })
    .map(
      (pairs) => `{${pairs.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join()}}`,
    )
    .map((json): unknown => JSON.parse(json));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('read_file', 'list_files'),
      fc.oneof({ weight: 4, arbitrary: input }, fc.jsonValue()),
      async (name, some) => {
        const { content } = await runTool(tools, name, some);
        expect(content).not.toContain(canary);
        expect(content).not.toContain(tree.base);
      },
    ),
    { numRuns: 1_500 },
  );
});
