import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ToolLimits } from '../../../../../src/core/tools/toolLimits.ts';
import { defaultToolLimits } from '../../../../../src/core/tools/toolLimits.ts';
import { readWindow } from '../../../../../src/core/tools/workspace/fileWindow.ts';
import { createWorkspaceTools } from '../../../../../src/core/tools/workspace/workspaceTools.ts';
import { runTool } from '../toolFixtures.ts';
import { canary, DiskTree, Workspaces } from './workspaceFixture.ts';

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 60_000 });

/** Bytes of files in all their forms: line ends, marks, characters of any length, and bytes that are no text. */
const bytes = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('\n', '\r\n', '\r', '\n\n') },
      { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
      { weight: 2, arbitrary: fc.constantFrom('x'.repeat(40), '😀'.repeat(9), '\ufeff', '[', ']') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(...['ff', 'e282', 'f09f98', 'c3'].map((hex) => `hex:${hex}`)),
      },
    ),
    { maxLength: 30 },
  )
  .map((parts) =>
    Buffer.concat(
      parts.map((part) =>
        part.startsWith('hex:') ? Buffer.from(part.slice(4), 'hex') : Buffer.from(part),
      ),
    ),
  )
  .filter((all) => all.length > 0 && !all.includes(0));

/** What the tools take for the text of a file. */
const textOf = (all: Buffer) => new TextDecoder().decode(all).replaceAll('\r\n', '\n');

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  if (text.endsWith('\n')) lines.pop();
  return lines;
}

/** A file that is read a few bytes at a time. */
function handleOf(all: Buffer, sizes: readonly number[]) {
  let reads = 0;
  return {
    read: async (buffer: Buffer, offset: number, length: number, position: number) => {
      const size = Math.min(length, sizes[reads++ % sizes.length]!);
      const bytesRead = all.copy(buffer, offset, position, position + size);
      return { bytesRead, buffer };
    },
  } as unknown as Parameters<typeof readWindow>[0];
}

describe('a window of a file', () => {
  test('is the text from its place on, wherever the reads end', async () => {
    const places = fc.record({
      startLine: fc.integer({ min: 1, max: 12 }),
      startColumn: fc.integer({ min: 1, max: 60 }),
      length: fc.integer({ min: 2, max: 80 }),
    });
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(bytes, places, sizes, async (all, place, chunks) => {
        const { startLine, startColumn, length } = place;
        const { signal } = new AbortController();
        const window = await readWindow(handleOf(all, chunks), all.length, place, signal);
        const text = textOf(all);
        const lines = linesOf(text);
        const line = lines[startLine - 1];
        if (line === undefined) {
          expect(window).toEqual({ lineCount: lines.length });
          return;
        }
        if (startColumn > 1 && startColumn > line.length) {
          expect(window).toEqual({ lineLength: line.length });
          return;
        }
        const start = lines.slice(0, startLine - 1).reduce((sum, one) => sum + one.length + 1, 0);
        const whole = text.slice(start + startColumn - 1);
        // A window does not begin with half a character.
        const wanted = /^[\udc00-\udfff]/.test(whole) ? whole.slice(1) : whole;
        if (!('text' in window)) throw new Error('There is no window.');
        expect(wanted.startsWith(window.text)).toBe(true);
        if (window.isEnd) expect(window.text).toBe(wanted);
        else expect(window.text.length).toBeGreaterThanOrEqual(length);
      }),
      { numRuns: 500 },
    );
  });

  test('keeps no more of a large file than it shows', async () => {
    const size = 40_000_000;
    let most = 0;
    const handle = {
      read: async (buffer: Buffer, offset: number, length: number, position: number) => {
        most = Math.max(most, length);
        const bytesRead = Math.max(0, Math.min(length, size - position));
        buffer.fill(120, offset, offset + bytesRead);
        return { bytesRead, buffer };
      },
    } as unknown as Parameters<typeof readWindow>[0];
    const { signal } = new AbortController();
    const place = { startLine: 1, startColumn: size - 10, length: 100 };
    const window = await readWindow(handle, size, place, signal);
    expect(window).toMatchObject({ text: 'x'.repeat(11), isEnd: true, bytes: size });
    expect(most).toBeLessThan(100_000);
    const behind = { ...place, startColumn: size + 1 };
    expect(await readWindow(handle, size, behind, signal)).toEqual({ lineLength: size });
  });

  test('stops when the call is given up', async () => {
    const own = new AbortController();
    let reads = 0;
    const handle = {
      read: async (buffer: Buffer) => {
        reads += 1;
        if (reads === 3) own.abort(new Error('given up'));
        return { bytesRead: 10, buffer: buffer.fill(120) };
      },
    } as unknown as Parameters<typeof readWindow>[0];
    const place = { startLine: 2, startColumn: 1, length: 10 };
    await expect(readWindow(handle, 1e9, place, own.signal)).rejects.toThrow('given up');
    expect(reads).toBe(3);
  });
});

describe('read_file, page by page', () => {
  let workspaces: Workspaces;
  beforeAll(() => {
    workspaces = new Workspaces();
  });
  afterAll(() => workspaces.dispose());

  /** Follows what the answers say, until one does not say how to go on. */
  async function pages(tree: DiskTree, limits: ToolLimits, more: object = {}) {
    const tools = createWorkspaceTools(workspaces.over(tree.scope(), limits), limits);
    const bodies: string[] = [];
    const joints: string[] = [];
    for (let at: object | undefined = {}; at !== undefined; ) {
      const { content, isError } = await runTool(tools, 'read_file', { path: 'f', ...more, ...at });
      if (isError) throw new Error(content);
      expect(content.length).toBeLessThan(limits.resultLength + 300);
      const noteAt = content.lastIndexOf('\n\n[');
      const note = noteAt < 0 ? '' : content.slice(noteAt);
      bodies.push(noteAt < 0 ? content : content.slice(0, noteAt));
      const next = /Go on with startLine (\d+)(?: and startColumn (\d+))?/.exec(note);
      if (next !== null) joints.push(next[2] === undefined ? '\n' : '');
      at = next === null ? undefined : placeOf(next);
      if (bodies.length > 2_000) throw new Error('There is no end of pages.');
    }
    return bodies.map((body, index) => body + (joints[index] ?? '')).join('');
  }

  const placeOf = ([, line, column]: RegExpExecArray) => ({
    startLine: Number(line),
    startColumn: Number(column ?? 1),
  });

  test.each(['in parts', 'as a whole'])('gives the file that is read %s', async (how) => {
    const some = fc.record({
      fileLines: fc.integer({ min: 1, max: 5 }),
      resultLength: fc.integer({ min: 2, max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(bytes, some, async (all, given) => {
        const tree = new DiskTree({ 'inside/f': all });
        try {
          const fileBytes = how === 'as a whole' ? 1_000_000 : all.length - 1;
          const limits = { ...defaultToolLimits, ...given, fileBytes };
          const text = linesOf(textOf(all)).join('\n');
          if (text === '' && how === 'as a whole') return;
          expect(await pages(tree, limits)).toBe(text);
        } finally {
          tree.remove();
        }
      }),
      { numRuns: 60 },
    );
  });

  test('gives the wanted lines and columns, and no more', async () => {
    const all = Buffer.from(
      Array.from({ length: 30 }, (_, n) => `${n}:${'ab😀'.repeat(n)}`).join('\r\n'),
    );
    const tree = new DiskTree({ 'inside/f': all });
    const lines = linesOf(textOf(all));
    const ranges = fc
      .tuple(...[30, 30, 120, 120].map((max) => fc.integer({ min: 1, max })))
      .filter(([startLine = 1, endLine = 1, startColumn = 1, endColumn = 1]) => {
        if (startLine > endLine || (startLine === endLine && startColumn > endColumn)) return false;
        return startColumn <= (lines[startLine - 1]?.length ?? 0);
      });
    const isWhole = (text: string) => text.isWellFormed();
    await fc.assert(
      fc.asyncProperty(ranges, fc.boolean(), async (range, isInParts) => {
        const [startLine = 1, endLine = 1, startColumn = 1, endColumn = 1] = range;
        const kept = lines.slice(startLine - 1, endLine).map((line, index, { length }) => {
          const end = index === length - 1 ? endColumn : line.length;
          return line.slice(index === 0 ? startColumn - 1 : 0, end);
        });
        fc.pre(kept.every(isWhole));
        const limits = {
          ...{ ...defaultToolLimits, resultLength: 50, fileLines: 4 },
          fileBytes: isInParts ? 100 : 1_000_000,
        };
        const wanted = { startLine, endLine, startColumn, endColumn };
        expect(await pages(tree, limits, wanted)).toBe(kept.join('\n'));
      }),
      { numRuns: 100 },
    );
    tree.remove();
  });

  test('says where it begins and ends', async () => {
    const tree = new DiskTree({ 'inside/f': `first\nsecond\n${'x'.repeat(200)}` });
    const limits = { ...defaultToolLimits, fileBytes: 100 };
    const tools = createWorkspaceTools(workspaces.over(tree.scope(), limits), limits);
    const place = { startLine: 1, startColumn: 2, endLine: 2, endColumn: 3 };
    const { content } = await runTool(tools, 'read_file', { path: 'f', ...place });
    expect(content).toContain(
      'irst\nsec\n\n[Lines 1 to 2. The first from column 2. The last to column 3.',
    );
    const whole = await runTool(tools, 'read_file', { path: 'f', startLine: 1, endLine: 2 });
    expect(whole.content).toContain('first\nsecond\n\n[Lines 1 to 2. The file has');
    tree.remove();
  });

  test('refuses credentials and binary files of any size', async () => {
    const tree = new DiskTree({
      'inside/key': `-----BEGIN PRIVATE KEY-----\n${canary}\n${'x'.repeat(2_000)}`,
      'inside/binary': Buffer.concat([Buffer.from('a\0b'), Buffer.alloc(2_000, 120)]),
    });
    const limits = { ...defaultToolLimits, fileBytes: 10 };
    const tools = createWorkspaceTools(workspaces.over(tree.scope(), limits), limits);
    for (const path of ['key', 'binary']) {
      for (const place of [{}, { startLine: 2 }, { startColumn: 500 }]) {
        const { content, isError } = await runTool(tools, 'read_file', { path, ...place });
        expect(isError).toBe(true);
        expect(content).not.toContain(canary);
      }
    }
    tree.remove();
  });
});
