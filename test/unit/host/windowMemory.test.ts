import { describe, expect, it, vi } from 'vitest';
import { CheckedPrompts } from '../../../src/host/checkedPrompts.ts';
import { HostEnd } from '../../../src/host/hostEnd.ts';
import { FakeMemory } from '../../support/vscode/fakeStorage.ts';

vi.mock('vscode', async () => ({
  ...(await import('../../support/vscode/fakeVscode.ts')),
  Uri: { parse: (text: string) => ({ toString: () => text }) },
}));

const uri = { toString: () => 'file:///w/a.prompts.md' } as never;

describe('Checked prompts', () => {
  it('survive a reload of the window', () => {
    const memory = new FakeMemory();
    const before = new CheckedPrompts(memory.memento);
    before.set(uri, ['a', 'b', 'c'], true);
    before.set(uri, ['b'], false);
    const after = new CheckedPrompts(memory.memento);
    expect(after.size).toBe(2);
    expect([after.has(uri, 'a'), after.has(uri, 'b')]).toEqual([true, false]);
    after.set(uri, ['a', 'c'], false);
    expect(new CheckedPrompts(memory.memento).entries()).toEqual([]);
  });

  it.each([null, 7, 'x', [1], [['u']], [['u', 'v']], [[1, ['a']]], [['u', [1, null]]]])(
    'are none where the memory holds %j',
    (kept) => {
      const memory = new FakeMemory();
      memory.values.set('interleave.checkedPrompts', kept);
      expect(new CheckedPrompts(memory.memento).size).toBe(0);
    },
  );
});

describe('An extension host', () => {
  it.each([
    ['the first one of a workspace', [], false],
    ['one after a crash', [['a']], true],
    ['one after a reload', [['a', 'ends']], false],
    ['one of a new window, after all of VS Code was killed', [['b']], false],
    ['one after two that crashed', [['a'], ['a']], true],
  ] as const)('knows whether it follows one that has crashed: %s', async (_, before, crashed) => {
    const memory = new FakeMemory();
    for (const [session, ends] of before) {
      const host = new HostEnd(memory.memento, session);
      if (ends !== undefined) await host.mark();
    }
    expect(new HostEnd(memory.memento, 'a').hasCrashed).toBe(crashed);
  });
});
