import { describe, expect, it } from 'vitest';
import { defaultToolLimits } from '../../../src/core/tools/toolLimits.ts';
import { Toolsets } from '../../../src/host/toolsets.ts';
import { runTool } from '../core/tools/toolFixtures.ts';

const folder = (path: string) => [{ name: 'work', path }];

describe("The tools of the window's runs", () => {
  it('are shared by runs with the same folders, exclusions and limits, and by no others', () => {
    let exclude: readonly string[] = [];
    const toolsets = new Toolsets('/nonexistent', () => exclude);
    const first = toolsets.over(folder('/a'));
    expect(toolsets.over(folder('/a'))).toBe(first);
    expect(toolsets.over(folder('/b'))).not.toBe(first);
    expect(toolsets.over(folder('/a'), { ...defaultToolLimits, searchMs: 1 })).not.toBe(first);
    exclude = ['*.log'];
    expect(toolsets.over(folder('/a'))).not.toBe(first);
    toolsets.dispose();
  });

  it('are evicted from the cache, and a run keeps its own', async () => {
    const toolsets = new Toolsets('/nonexistent', () => []);
    const first = toolsets.over(folder('/first'));
    for (let count = 0; count < 50; count++) toolsets.over(folder(`/${count}`));
    expect(toolsets.size).toBeLessThan(10);
    expect(toolsets.over(folder('/49'))).toBe(toolsets.over(folder('/49')));
    const sum = await runTool(first.tools, 'sum_numbers', { numbers: [1, 2] });
    expect(sum).toMatchObject({ content: '3', isError: false });
    toolsets.dispose();
    expect(toolsets.size).toBe(0);
  });
});
