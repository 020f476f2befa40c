import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Overlay } from '../../../../../src/core/proposals/overlay.ts';
import type { Diagnostic } from '../../../../../src/core/tools/diagnostics/diagnosticsTool.ts';
import { createDiagnosticsTool } from '../../../../../src/core/tools/diagnostics/diagnosticsTool.ts';
import { createToolset } from '../../../../../src/core/tools/toolset.ts';
import { runTool } from '../toolFixtures.ts';
import { DiskTree, searchScript } from '../workspace/workspaceFixture.ts';

let tree: DiskTree;
beforeAll(() => {
  tree = new DiskTree({
    'inside/src/a.ts': 'a\n',
    'inside/b.ts': 'b\n',
    'inside/.env': 'KEY=secret\n',
    'inside/excluded.ts': 'x\n',
    'outside/c.ts': 'c\n',
  });
});
afterAll(() => tree.remove());

function problem(file: string, more: Partial<Diagnostic> = {}): Diagnostic {
  const place = { line: 1, column: 2, severity: 'error', message: 'wrong' } as const;
  return { file: path.join(tree.base, file), ...place, ...more };
}

function ask(found: readonly Diagnostic[], input: unknown = {}) {
  const toolset = createToolset({
    folders: [{ name: 'inside', path: tree.inside }],
    ...{ exclude: ['excluded.ts'], workerPath: searchScript, readDiagnostics: () => found },
  });
  return runTool(toolset.tools, 'get_diagnostics', input).finally(() => toolset.dispose());
}

describe('problems', () => {
  test('are listed with their places, the worst first', async () => {
    const found = [
      problem('inside/b.ts', {
        severity: 'warning',
        message: 'unused',
        source: 'eslint',
        code: 'no-unused',
      }),
      problem('inside/src/a.ts', {
        line: 3,
        column: 7,
        message: 'no such\nname',
        source: 'ts',
        code: '2304',
      }),
    ];
    expect((await ask(found)).content).toBe(
      'src/a.ts:3:7: error: no such⏎name (ts 2304)\nb.ts:1:2: warning: unused (eslint no-unused)\n\n[2 problems.]',
    );
  });

  test('of one file are listed alone', async () => {
    const found = [problem('inside/b.ts'), problem('inside/src/a.ts')];
    expect((await ask(found, { path: 'b.ts' })).content).toBe(
      'b.ts:1:2: error: wrong\n\n[1 problem.]',
    );
    expect(await ask(found, { path: '../outside/c.ts' })).toMatchObject({ isError: true });
  });

  test('are errors and warnings unless less is asked for', async () => {
    const found = (['hint', 'information', 'warning', 'error'] as const).map((severity) =>
      problem('inside/b.ts', { severity }),
    );
    expect((await ask(found)).content).toMatch(/\[2 problems\.\]/);
    expect((await ask(found, { severity: 'error' })).content).toMatch(/\[1 problem\.\]/);
    expect((await ask(found, { severity: 'hint' })).content).toMatch(/\[4 problems\.\]/);
  });

  test('of files that tools may not look at are none', async () => {
    const hidden = ['inside/.env', 'inside/excluded.ts', 'outside/c.ts', 'inside/gone.ts'];
    const found = hidden.map((file) => problem(file, { message: 'KEY=secret' }));
    expect((await ask(found)).content).toBe('[0 problems.]');
  });

  test('that are too many are cut at the end of a line, and the model is told', async () => {
    const found = Array.from({ length: 5_000 }, (_, index) =>
      problem('inside/b.ts', { line: index + 1, message: 'x'.repeat(1_000) }),
    );
    const { content } = await ask(found);
    expect(content).toMatch(/x…\n\n\[5000 problems\. The first \d+ are shown\. Ask for one file/);
  });

  test('are those of the files on disk: proposals are not seen, and the model is told', async () => {
    const tool = createDiagnosticsTool(
      { read: () => [], shownPath: async (file) => file },
      { resultLength: 1_000 },
    );
    const context = {
      ...{ callId: 'c', signal: new AbortController().signal, pauseTime: () => () => undefined },
      overlay: new Overlay({ files: [{ path: 'a.txt', base: null, text: 'new' }] }),
    };
    expect(await tool.execute({}, context)).toMatch(/not applied yet/);
  });
});

test('without an editor there is no such tool', () => {
  const toolset = createToolset({ folders: [], exclude: [], workerPath: searchScript });
  expect(toolset.tools.map(({ name }) => name)).not.toContain('get_diagnostics');
  toolset.dispose();
});
