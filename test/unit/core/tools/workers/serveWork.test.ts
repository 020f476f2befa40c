import { afterAll, describe, expect, it } from 'vitest';
import { ToolError } from '../../../../../src/core/tools/tool.ts';
import { WorkHere } from './workHere.ts';

const here = new WorkHere([
  {
    ...{ name: 'act', description: '', inputSchema: {}, effect: 'pure' },
    check: (value) => ({ ok: true, value }),
    execute: (input, { signal, pauseTime }) => {
      if (input === 'refuse') throw new ToolError('Give it less.');
      if (input === 'fail') throw new Error('It broke.');
      pauseTime()();
      return `${String(input)} ${signal.aborted}`;
    },
  },
]);
afterAll(() => here.dispose());

const act = (input: unknown, name = 'act') =>
  here.run({ kind: 'tool', input: { name, input } }, { signal: new AbortController().signal });

describe('the work of a thread', () => {
  it('runs a tool, which needs neither signal nor clock', async () => {
    expect(await act('ran')).toBe('ran false');
  });

  it('says of an error whether it was written for the model', async () => {
    await expect(act('refuse')).rejects.toThrow(new ToolError('Give it less.'));
    const failed = await act('fail').catch((error: unknown) => error);
    expect(failed).toEqual(new Error('It broke.'));
    expect(failed).not.toBeInstanceOf(ToolError);
    await expect(act('x', 'unknown')).rejects.toThrow('no tool unknown in the worker');
  });

  it('turns pages into Markdown', async () => {
    const input = { html: '<h1>A</h1>', url: 'https://example.com/' };
    const { signal } = new AbortController();
    expect(await here.run({ kind: 'html', input }, { signal })).toBe('# A');
  });
});
