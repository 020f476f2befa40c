import { describe, expect, it } from 'vitest';
import { Overlay } from '../../../../src/core/proposals/overlay.ts';
import { Overlays } from '../../../../src/core/proposals/overlays.ts';

const created = { path: 'new', base: null, text: 'a\nb\n' };
const changed = { path: 'old', base: 'x\n', text: 'y\nz\n' };
const deleted = { path: 'gone', base: 'x\n', text: null };
const renamed = [
  { path: 'from', base: 'x\n', text: null },
  { path: 'to', base: null, text: 'x\n', from: 'from' },
];

describe('the changes that a conversation proposes', () => {
  it('are told with their lines, as they come', () => {
    const overlay = new Overlay();
    expect(overlay.isEmpty).toBe(true);
    expect(overlay.put('c1', [created, changed, deleted])).toEqual([
      { path: 'new', kind: 'create', added: 2, removed: 0 },
      { path: 'old', kind: 'change', added: 2, removed: 1 },
      { path: 'gone', kind: 'delete', added: 0, removed: 1 },
    ]);
    expect(overlay.put('c2', [created])).toEqual([]);
    expect(overlay.isEmpty).toBe(false);
    expect(overlay.length).toBe(4 + 2 + 4 + 2);
    expect(overlay.file('old')).toBe(changed);
    expect(overlay.summary().map(({ path }) => path)).toEqual(['gone', 'new', 'old']);
    expect(overlay.proposals()).toEqual([
      { ...deleted, kind: 'delete' },
      { ...created, kind: 'create' },
      { ...changed, kind: 'change' },
    ]);
  });

  it('end where a file is again as it was', () => {
    const overlay = new Overlay({ files: [created, changed] });
    expect(
      overlay.put('c', [
        { ...changed, text: 'x\n' },
        { ...created, text: null },
      ]),
    ).toEqual([
      { path: 'old', kind: 'none' },
      { path: 'new', kind: 'none' },
    ]);
    expect(overlay.isEmpty).toBe(true);
  });

  it('of a rename are one proposal with the old path', () => {
    const overlay = new Overlay();
    expect(overlay.put('c', renamed)).toEqual([
      { path: 'to', kind: 'rename', from: 'from', added: 0, removed: 0 },
    ]);
    expect(overlay.proposals()).toEqual([
      { path: 'to', kind: 'rename', from: 'from', base: 'x\n', text: 'x\n' },
    ]);
  });

  it('are a rename no longer when something is at the old path again', () => {
    const overlay = new Overlay({ files: renamed });
    expect(overlay.put('c', [{ path: 'from', base: 'x\n', text: 'new\n' }])).toEqual([
      { path: 'from', kind: 'change', added: 1, removed: 1 },
      { path: 'to', kind: 'create', added: 1, removed: 0 },
    ]);
  });

  it('rename to the last of several new paths', () => {
    const overlay = new Overlay({ files: renamed });
    overlay.put('c', [{ path: 'from', base: 'x\n', text: 'again\n' }]);
    overlay.put('d', [
      { path: 'from', base: 'x\n', text: null },
      { path: 'other', base: null, text: 'again\n', from: 'from' },
    ]);
    expect(overlay.summary()).toEqual([
      { path: 'other', kind: 'rename', from: 'from', added: 1, removed: 1 },
      { path: 'to', kind: 'create', added: 1, removed: 0 },
    ]);
  });

  it('are found below a folder unless they delete', () => {
    const overlay = new Overlay({
      files: [
        { ...created, path: 'src/a/new' },
        { ...deleted, path: 'lib/gone' },
      ],
    });
    const folders = ['', 'src', 'src/a', 'src/a/new', 'sr', 'lib'];
    expect(folders.filter((folder) => overlay.hasBelow(folder))).toEqual(['', 'src', 'src/a']);
  });

  it('belong to the call that made them, until they are taken', () => {
    const overlay = new Overlay();
    overlay.put('inner', [created]);
    overlay.put('inner', [changed]);
    overlay.moveChange('inner', 'inner');
    overlay.moveChange('inner', 'outer');
    overlay.moveChange('inner', 'outer');
    expect(overlay.takeChange('inner')).toBeUndefined();
    expect(overlay.takeChange('outer')).toEqual({
      files: [created, changed],
      steps: [
        { path: 'new', kind: 'create', added: 2, removed: 0 },
        { path: 'old', kind: 'change', added: 2, removed: 1 },
      ],
    });
    expect(overlay.takeChange('outer')).toBeUndefined();
  });
});

describe('a file that the conversation has read', () => {
  it('is known by its content, until the conversation changes it itself', () => {
    const overlay = new Overlay({ files: [changed] });
    expect(overlay.isAsRead('a', 'anything')).toBe(true);
    overlay.noteRead('call', 'a', 'one');
    expect(overlay.isAsRead('a', 'one')).toBe(true);
    expect(overlay.isAsRead('a', 'two')).toBe(false);
    overlay.noteRead('call', 'old', 'one');
    expect(overlay.isAsRead('old', 'two')).toBe(true);
  });

  it('is told of with the call that read it, once, and is known to an overlay made again', () => {
    const overlay = new Overlay();
    overlay.noteRead('first', 'a', 'one');
    overlay.noteRead('second', 'a', 'one');
    overlay.moveChange('first', 'outer');
    const change = overlay.takeChange('outer');
    expect(change).toMatchObject({ files: [], steps: [], reads: [['a', expect.any(String)]] });
    expect(overlay.takeChange('second')).toBeUndefined();
    for (const again of [
      new Overlay({ reads: change?.reads ?? [] }),
      new Overlay(overlay.content),
    ]) {
      expect([again.isAsRead('a', 'one'), again.isAsRead('a', 'two')]).toEqual([true, false]);
      expect(again.isEmpty).toBe(true);
    }
  });
});

describe('the overlays of a run', () => {
  it('are one for each conversation, until it starts again', () => {
    const overlays = new Overlays(new Map([[1, { files: [created], reads: [] }]]));
    const conversations = ['a', 'b', 'c'].map((name) => ({ id: `#${name}`, name }));
    overlays.of(0).put('c', []);
    overlays.of(2).put('c', [changed]);
    expect(overlays.of(2)).toBe(overlays.of(2));
    expect(overlays.proposals(conversations)).toEqual([
      { conversation: 1, id: '#b', name: 'b', files: [{ ...created, kind: 'create' }] },
      { conversation: 2, id: '#c', name: 'c', files: [{ ...changed, kind: 'change' }] },
    ]);
    overlays.forget(1);
    expect(overlays.of(1).isEmpty).toBe(true);
    expect(overlays.proposals(conversations)).toHaveLength(1);
  });
});
