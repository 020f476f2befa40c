import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isProcessAlive } from '../../../src/core/base/isProcessAlive.ts';
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

  it('stay checked when the file part of their ids changes, as after an update', () => {
    const memory = new FakeMemory();
    memory.values.set('interleave.checkedPrompts', [
      ['file:///w/a.prompts.md', ['a.prompts.md#a']],
    ]);
    const checked = new CheckedPrompts(memory.memento);
    expect(checked.has(uri, 'folder/a.prompts.md#a')).toBe(true);
    expect(checked.has(uri, 'folder/a.prompts.md#a-2')).toBe(false);
    checked.clear(uri);
    expect([checked.size, new CheckedPrompts(memory.memento).size]).toEqual([0, 0]);
  });

  it.each([null, 7, 'x', [1], [['u']], [['u', 'v']], [[1, ['a']]], [['u', [1, null]]]])(
    'are empty for the malformed state %j',
    (kept) => {
      const memory = new FakeMemory();
      memory.values.set('interleave.checkedPrompts', kept);
      expect(new CheckedPrompts(memory.memento).size).toBe(0);
    },
  );
});

describe('An extension host', () => {
  const vscode = 1;

  it.each([
    ['the first one of a workspace', [], false],
    ['one after a crash', [{ parent: vscode }], true],
    ['one after a reload', [{ parent: vscode, ends: true }], false],
    ['one that starts while the previous one still runs', [{ parent: vscode, lives: true }], false],
    ['one after VS Code was killed', [{ parent: 2 }], false],
    ['one after two crashes', [{ parent: vscode }, { parent: vscode }], true],
  ])('detects whether the previous one crashed: %s', (_, before, crashed) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'interleave-hosts-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const memory = new FakeMemory();
    const alive = new Set<number>();
    const start = (parent: number, pid: number) =>
      new HostEnd(memory.memento, folder, { pid, parent }, (other) => alive.has(other));
    for (const [index, host] of before.entries()) {
      const started = start(host.parent, 100 + index);
      if ('lives' in host) alive.add(100 + index);
      if ('ends' in host) started.mark();
    }
    expect(start(vscode, 200).hasCrashed).toBe(crashed);
  });

  it('deletes the files of previous ones', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'interleave-hosts-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const memory = new FakeMemory();
    for (let pid = 1; pid < 5; pid++) {
      new HostEnd(memory.memento, folder, { pid, parent: vscode }, () => false).mark();
    }
    expect(readdirSync(path.join(folder, 'ended'))).toHaveLength(1);
  });

  it('detects whether a process is running', () => {
    expect(isProcessAlive(process.pid)).toBe(true);
    expect(isProcessAlive(2 ** 30)).toBe(false);
  });
});
