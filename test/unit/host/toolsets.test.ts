import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { defaultToolLimits } from '../../../src/core/tools/toolLimits.ts';
import { Toolsets } from '../../../src/host/toolsets.ts';
import { runTool } from '../core/tools/toolFixtures.ts';
import { DiskTree } from '../core/tools/workspace/workspaceFixture.ts';

const folder = (path: string) => [{ name: 'work', path }];

describe("The tools of the window's runs", () => {
  it('are shared by runs with the same folders, exclusions and limits, and by no others', () => {
    let exclude: readonly string[] = [];
    const toolsets = new Toolsets('/nonexistent', () => exclude);
    const first = toolsets.forFolders(folder('/a'));
    expect(toolsets.forFolders(folder('/a'))).toBe(first);
    expect(toolsets.forFolders(folder('/b'))).not.toBe(first);
    expect(toolsets.forFolders(folder('/a'), { ...defaultToolLimits, searchMs: 1 })).not.toBe(
      first,
    );
    exclude = ['*.log'];
    expect(toolsets.forFolders(folder('/a'))).not.toBe(first);
    toolsets.dispose();
  });

  it('are evicted from the cache, and a run keeps its own', async () => {
    const toolsets = new Toolsets('/nonexistent', () => []);
    const first = toolsets.forFolders(folder('/first'));
    for (let count = 0; count < 50; count++) toolsets.forFolders(folder(`/${count}`));
    expect(toolsets.size).toBeLessThan(10);
    expect(toolsets.forFolders(folder('/49'))).toBe(toolsets.forFolders(folder('/49')));
    const sum = await runTool(first.tools, 'sum_numbers', { numbers: [1, 2] });
    expect(sum).toMatchObject({ content: '3', isError: false });
    toolsets.dispose();
    expect(toolsets.size).toBe(0);
  });

  it('end their threads when the window closes, also those of evicted ones', async () => {
    const dist = new DiskTree({});
    onTestFinished(() => dist.remove());
    const begun = path.join(dist.base, 'begun');
    dist.write({ 'package.json': '{ "type": "module" }', 'tool-worker.js': endlessWorker(begun) });
    const toolsets = new Toolsets(dist.base, () => []);
    const evicted = toolsets.forFolders(folder('/first'));
    const endless = runTool(evicted.tools, 'run_javascript', { code: '1' });
    await vi.waitFor(() => expect(existsSync(begun)).toBe(true));
    for (let count = 0; count < 50; count++) toolsets.forFolders(folder(`/${count}`));
    toolsets.dispose();
    expect(await endless).toMatchObject({ isError: true });
  });
});

/** A worker thread whose `run_javascript` creates a file and never ends. */
function endlessWorker(begun: string): string {
  const serveWork = pathToFileURL(path.resolve('src/core/tools/workers/serveWork.ts')).href;
  return `import { writeFileSync } from 'node:fs';
    import { parentPort } from 'node:worker_threads';
    import { serveWork } from ${JSON.stringify(serveWork)};
    const execute = () => {
      writeFileSync(${JSON.stringify(begun)}, '');
      for (;;);
    };
    const tool = { name: 'run_javascript', description: '', inputSchema: {}, effect: 'pure', execute };
    serveWork(parentPort, [tool]);`;
}
