import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { FileProposal } from '../../../../src/core/proposals/fileProposal.ts';
import { proposalDocument } from '../../../../src/host/proposals/proposalDocument.ts';
import { Proposals } from '../../../../src/host/proposals/proposals.ts';
import type { HostRun } from '../../../../src/host/runService.ts';
import { Toolsets } from '../../../../src/host/toolsets.ts';
import { SteppedRun, steps } from '../../../support/viewRuns.ts';
import type { FakeUri } from '../../../support/vscode/fakeDocuments.ts';
import { FakeEditors } from '../../../support/vscode/fakeDocuments.ts';

const fake = vi.hoisted(() => ({ editors: undefined as unknown }));
vi.mock('vscode', async () => ({
  ...(await import('../../../support/vscode/fakeVscode.ts')),
  ...(await import('../../../support/vscode/fakeDocuments.ts')),
  get workspace() {
    return fake.editors;
  },
}));

let editors: FakeEditors;
let folder: string;
let proposals: Proposals;

beforeEach(() => {
  editors = new FakeEditors();
  fake.editors = editors;
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'interleave-proposals-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const toolsets = new Toolsets('/nonexistent', () => []);
  onTestFinished(() => toolsets.dispose());
  proposals = new Proposals(toolsets, () => [{ name: 'work', path: folder }]);
});

const at = (file: string): string => path.join(folder, file);
const onDisk = (file: string): string => readFileSync(at(file), 'utf8');
function put(files: { readonly [file: string]: string }): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(at(file)), { recursive: true });
    writeFileSync(at(file), text);
  }
}

const change = (file: string, base: string, text: string): FileProposal => ({
  ...{ kind: 'change', path: file, base, text },
});
const create = (file: string, text: string): FileProposal => ({
  ...{ kind: 'create', path: file, base: null, text },
});
const remove = (file: string, base: string): FileProposal => ({
  ...{ kind: 'delete', path: file, base, text: null },
});
const rename = (from: string, file: string, base: string, text = base): FileProposal => ({
  ...{ kind: 'rename', path: file, from, base, text },
});

/** A run whose conversations are done and propose these. */
function runOf(
  proposed: { readonly [name: string]: readonly FileProposal[] },
  more: Partial<HostRun> = {},
): HostRun & { readonly stepped: SteppedRun } {
  const names = Object.keys(proposed);
  const stepped = new SteppedRun(names);
  for (const index of names.keys()) {
    stepped.step(index, steps.started);
    stepped.step(index, steps.done);
  }
  const folders = [{ name: 'work', path: folder }];
  Object.assign(stepped.state, {
    started: { ...stepped.state.started, origin: { folders } },
  });
  const all = names.map((name, conversation) => ({
    ...{ conversation, id: name, name, files: proposed[name] ?? [] },
  }));
  const run = { id: stepped.id, state: stepped.state, proposals: () => all, stepped, ...more };
  return run as unknown as HostRun & { readonly stepped: SteppedRun };
}

describe('Apply', () => {
  it('makes one edit of all files, in prompt order, and saves what had no unsaved changes', async () => {
    put({ 'a.txt': '1\n2\n3\n4\n5\n', 'old.txt': 'old\n', 'b.txt': 'b\n' });
    const run = runOf({
      One: [change('a.txt', '1\n2\n3\n4\n5\n', 'one\n2\n3\n4\n5\n'), create('new/n.txt', 'n\n')],
      Two: [change('a.txt', '1\n2\n3\n4\n5\n', '1\n2\n3\n4\nfive\n'), remove('b.txt', 'b\n')],
      Three: [rename('old.txt', 'sub/new.txt', 'old\n', 'new\n')],
    });
    expect(await proposals.apply(run, {})).toEqual({ files: 4, conflicts: [], leftOut: 0 });
    expect(editors.applied).toHaveLength(1);
    expect(onDisk('a.txt')).toBe('one\n2\n3\n4\nfive\n');
    expect(onDisk('new/n.txt')).toBe('n\n');
    expect(onDisk('sub/new.txt')).toBe('new\n');
    expect([existsSync(at('b.txt')), existsSync(at('old.txt'))]).toEqual([false, false]);
    expect(editors.textDocuments.filter(({ isDirty }) => isDirty)).toEqual([]);
  });

  it('of a second time changes nothing', async () => {
    put({ 'a.txt': '1\n' });
    const run = runOf({ One: [change('a.txt', '1\n', '2\n'), create('b.txt', 'b')] });
    await proposals.apply(run, {});
    expect(await proposals.apply(run, {})).toEqual({ files: 0, conflicts: [], leftOut: 0 });
    expect(editors.applied).toHaveLength(1);
  });

  it('takes one conversation, or one of its files', async () => {
    put({ 'a.txt': '1\n', 'b.txt': '1\n' });
    const both = [change('a.txt', '1\n', '2\n'), change('b.txt', '1\n', '2\n')];
    const run = runOf({ One: [change('a.txt', '1\n', 'no\n')], Two: both });
    await proposals.apply(run, { conversation: 1, path: 'b.txt' });
    expect([onDisk('a.txt'), onDisk('b.txt')]).toEqual(['1\n', '2\n']);
    await proposals.apply(run, { conversation: 1 });
    expect([onDisk('a.txt'), onDisk('b.txt')]).toEqual(['2\n', '2\n']);
  });

  it('merges with what changed on disk, or names the conflict and leaves the file', async () => {
    put({ 'a.txt': '1\n2\n3\nmine\n', 'b.txt': 'mine\n' });
    const run = runOf({
      One: [change('a.txt', '1\n2\n3\n4\n', 'one\n2\n3\n4\n'), change('b.txt', '1\n', 'one\n')],
      Two: [change('a.txt', '1\n2\n3\n4\n', 'uno\n2\n3\n4\n')],
    });
    const { files, conflicts } = await proposals.apply(run, {});
    expect(files).toBe(1);
    expect(conflicts).toEqual([
      'b.txt, proposed by "One": the same or neighbouring lines were changed (on disk).',
      'a.txt, proposed by "Two": the same or neighbouring lines were changed (by "One").',
    ]);
    expect([onDisk('a.txt'), onDisk('b.txt')]).toEqual(['one\n2\n3\nmine\n', 'mine\n']);
  });

  it('counts what an editor has not saved as the file, merges with it and leaves the saving to the person', async () => {
    put({ 'a.txt': '1\n2\n3\n4\n', 'b.txt': '1\n', 'c.txt': '1\n2\n3\n4\n' });
    for (const file of ['a.txt', 'b.txt', 'c.txt']) {
      const document = await editors.openTextDocument(uriOf(file));
      document.type(file === 'b.txt' ? 'typed\n' : '1\n2\n3\ntyped\n');
    }
    const run = runOf({
      One: [
        change('a.txt', '1\n2\n3\n4\n', 'one\n2\n3\n4\n'),
        change('b.txt', '1\n', 'one\n'),
        rename('c.txt', 'd.txt', '1\n2\n3\n4\n', 'one\n2\n3\n4\n'),
      ],
    });
    const { files, conflicts } = await proposals.apply(run, {});
    expect([files, conflicts.length]).toEqual([2, 1]);
    expect(documentAt('a.txt')).toMatchObject({ isDirty: true });
    expect(documentAt('a.txt')?.getText()).toBe('one\n2\n3\ntyped\n');
    expect(documentAt('b.txt')?.getText()).toBe('typed\n');
    expect(documentAt('d.txt')?.getText()).toBe('one\n2\n3\ntyped\n');
    expect([onDisk('a.txt'), onDisk('b.txt')]).toEqual(['1\n2\n3\n4\n', '1\n']);
  });

  it('of 50 conversations on the same 20 files is one edit, with every conflict named', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `src/f${index}.txt`);
    const line = (editor: number): string => `line ${editor}\n\n\n`;
    const editors50 = Array.from({ length: 50 }, (_, editor) => editor);
    const base = editors50.map(line).join('');
    put(Object.fromEntries(names.map((name) => [name, base])));
    // The last one wants the line of the one before it.
    const edited = (editor: number): string => {
      const own = editor === 49 ? 48 : editor;
      return base.replace(line(own), `by ${editor}\n\n\n`);
    };
    const run = runOf(
      Object.fromEntries(
        editors50.map((editor) => [
          `Editor ${editor}`,
          names.map((name) => change(name, base, edited(editor))),
        ]),
      ),
    );
    const { files, conflicts } = await proposals.apply(run, {});
    expect([files, conflicts.length]).toEqual([20, 20]);
    const named = names.map((name) => `${name}, proposed by "Editor 49"`);
    expect(conflicts.map((text) => text.split(':')[0]).sort()).toEqual(named.sort());
    expect(editors.applied).toHaveLength(1);
    const expected = editors50.map((editor) => (editor === 49 ? line(49) : `by ${editor}\n\n\n`));
    for (const name of names) expect(onDisk(name)).toBe(expected.join(''));
  });

  it.each([
    ['Windows line ends', 'one\r\ntwo\r\nthree', 'one\r\n2\r\nthree'],
    ['a byte order mark', '\uFEFFone\ntwo\n', '\uFEFFone\n2\n'],
    ['no final newline', 'one\ntwo', 'one\n2'],
    ['a new final newline', 'one\ntwo', 'one\ntwo\n'],
    ['mixed line ends', 'one\r\ntwo\nthree\nfour\n', 'one\r\n2\nthree\nfour\n'],
    ['a bare carriage return', 'one\rtwo\nthree\n', 'one\rtwo\n3\n'],
    ['new line ends', 'one\ntwo\n', 'one\r\ntwo\r\n'],
    ['nothing any more', 'one\n', ''],
    ['something in an empty file', '', 'one'],
  ])('keeps a file with %s exact', async (_, base, text) => {
    put({ 'a.txt': base });
    await proposals.apply(runOf({ One: [change('a.txt', base, text)] }), {});
    expect(onDisk('a.txt')).toBe(text);
  });

  it('writes UTF-8 where the editor would write something else', async () => {
    editors.encoding = 'windows1252';
    put({ 'a.txt': 'one\n' });
    await proposals.apply(runOf({ One: [change('a.txt', 'one\n', 'größer\n')] }), {});
    expect(onDisk('a.txt')).toBe('größer\n');
    expect(editors.applied[0]?.steps.map((step) => step.do)).toEqual(['delete', 'create']);
  });

  it('combines anew when a file changes while it opens the documents', async () => {
    put({ 'a.txt': '1\n2\n3\n' });
    editors.onOpen = () => {
      editors.onOpen = () => undefined;
      put({ 'a.txt': '1\n2\nmeanwhile\n' });
    };
    await proposals.apply(runOf({ One: [change('a.txt', '1\n2\n3\n', 'one\n2\n3\n')] }), {});
    expect(onDisk('a.txt')).toBe('one\n2\nmeanwhile\n');
  });

  it('goes on one after another, however often it is asked', async () => {
    put({ 'a.txt': '1\n' });
    const run = runOf({ One: [change('a.txt', '1\n', '2\n')] });
    const outcomes = await Promise.all([proposals.apply(run, {}), proposals.apply(run, {})]);
    expect(outcomes.map(({ files }) => files)).toEqual([1, 0]);
  });

  it('leaves out conversations that are not done, unless they ended and are chosen', async () => {
    const run = runOf({ One: [create('a.txt', 'a')], Two: [create('b.txt', 'b')], Three: [] });
    run.stepped.step(1, { type: 'conversation.requeued' });
    run.stepped.step(1, steps.started);
    expect(await proposals.apply(run, {})).toMatchObject({ files: 1, leftOut: 1 });
    await expect(proposals.apply(run, { conversation: 1 })).rejects.toThrow('has not ended');
    run.stepped.step(1, steps.cancelled);
    expect(await proposals.apply(run, { conversation: 1 })).toMatchObject({ files: 1 });
  });
});

describe('Apply refuses', () => {
  it('a run of another installation, which can be reviewed', async () => {
    put({ 'a.txt': '1\n' });
    const run = runOf({ One: [change('a.txt', '1\n', '2\n')] }, { isReadOnly: true });
    await expect(proposals.apply(run, {})).rejects.toThrow('not started by this installation');
    expect(await proposals.review(run, {})).toHaveLength(1);
    expect(editors.applied).toEqual([]);
  });

  it('a run of a folder that is not open', async () => {
    const run = runOf({ One: [create('a.txt', 'a')] });
    const toolsets = new Toolsets('/nonexistent', () => []);
    const elsewhere = new Proposals(toolsets, () => [{ name: 'other', path: tmpdir() }]);
    await expect(elsewhere.apply(run, {})).rejects.toThrow('Open that folder');
    expect(existsSync(at('a.txt'))).toBe(false);
  });

  it('a run without proposals', async () => {
    await expect(proposals.apply(runOf({}), {})).rejects.toThrow('No changes are proposed');
    const run = runOf({ One: [create('a.txt', 'a')] });
    await expect(proposals.apply(run, { conversation: 7 })).rejects.toThrow('No changes');
    await expect(proposals.apply(run, { conversation: 0, path: 'b' })).rejects.toThrow(
      'No changes',
    );
  });

  it.each([
    '../outside.txt',
    '/etc/outside.txt',
    'link/outside.txt',
    'linked.txt',
    'inner.txt',
    'alias/tasks.json',
    '.git/hooks/pre-commit',
    '.vscode/tasks.json',
    'sub/.env',
    'secrets.pem',
  ])('%s, whatever a saved run says', async (file) => {
    const outside = mkdtempSync(path.join(tmpdir(), 'interleave-outside-'));
    onTestFinished(() => rmSync(outside, { recursive: true, force: true }));
    writeFileSync(path.join(outside, 'target.txt'), '1\n');
    symlinkSync(outside, at('link'));
    symlinkSync(path.join(outside, 'target.txt'), at('linked.txt'));
    put({ 'plain.txt': '1\n', 'other.txt': '1\n', '.vscode/settings.json': '{}' });
    symlinkSync(at('other.txt'), at('inner.txt'));
    symlinkSync(at('.vscode'), at('alias'));
    for (const proposal of [
      create(file, 'x\n'),
      change(file, '1\n', 'x\n'),
      remove(file, '1\n'),
      rename('plain.txt', file, '1\n'),
      rename(file, 'moved.txt', '1\n'),
    ]) {
      const applied = await proposals.apply(runOf({ One: [proposal] }), {});
      expect(applied).toMatchObject({ files: 0, conflicts: [expect.stringContaining('One')] });
    }
    expect(editors.applied).toEqual([]);
    expect(onDisk('plain.txt')).toBe('1\n');
    expect(readFileSync(path.join(outside, 'target.txt'), 'utf8')).toBe('1\n');
  });
});

describe('Review', () => {
  /** The paths and texts of a review's documents. */
  async function shown(run: HostRun, selection = {}) {
    const files = await proposals.review(run, selection);
    return await Promise.all(
      files.map(async ([label, original, modified]) => [
        label.path.replace(folder, ''),
        await textOf(run, original as unknown as FakeUri),
        await textOf(run, modified as unknown as FakeUri),
      ]),
    );
  }

  async function textOf(run: HostRun, uri: FakeUri | undefined): Promise<string | undefined> {
    if (uri?.scheme === 'file') return readFileSync(uri.fsPath, 'utf8');
    const document = uri && proposalDocument(uri as never);
    return document && (await proposals.text(run, document));
  }

  it('shows what Apply would change, and conflicts as they were proposed', async () => {
    put({ 'a.txt': '1\n2\n3\nmine\n', 'b.txt': 'b\n', 'c.txt': 'c\n', 'd.txt': 'mine\n' });
    const run = runOf({
      One: [change('a.txt', '1\n2\n3\n4\n', 'one\n2\n3\n4\n'), create('n.txt', 'n\n')],
      Two: [remove('b.txt', 'b\n'), rename('c.txt', 'e.txt', 'c\n', 'e\n')],
      'Th/ree': [change('d.txt', '1\n', 'one\n')],
    });
    expect(await shown(run)).toEqual([
      ['/a.txt', '1\n2\n3\nmine\n', 'one\n2\n3\nmine\n'],
      ['/b.txt', 'b\n', undefined],
      ['/e.txt', 'c\n', 'e\n'],
      ['/n.txt', undefined, 'n\n'],
      ['/Conflict: Th ree/d.txt', '1\n', 'one\n'],
    ]);
    expect(await shown(run, { conversation: 1 })).toHaveLength(2);
    // VS Code marks files as renamed by their paths.
    const sides = (await proposals.review(run, {})).map(([, from, to]) => [from?.path, to?.path]);
    expect(sides[0]).toEqual([at('a.txt'), at('a.txt')]);
    expect(sides[2]).toEqual([at('c.txt'), at('e.txt')]);
    expect(editors.applied).toEqual([]);
  });

  it('stays as it was when the changes are applied, and can be made anew after a reload', async () => {
    put({ 'a.txt': '1\n' });
    const run = runOf({ One: [change('a.txt', '1\n', '\uFEFF2\r\n')] });
    const [[, , modified] = []] = await proposals.review(run, {});
    const document = proposalDocument(modified as never) ?? expect.fail();
    await proposals.apply(run, {});
    expect(await proposals.text(run, document)).toBe('2\n');
    expect(await proposals.text(run, { ...document, review: 99 })).toBe('2\n');
    expect(await proposals.text(run, { ...document, path: 'other.txt' })).toBeUndefined();
  });

  it('has no document for an address that is not its own', () => {
    const bad = '{"runId":"r","review":1,"side":"after","path":1}';
    for (const query of ['', 'null', '7', '{}', '{"runId":1}', '{"runId":"r","review":1}', bad]) {
      expect(proposalDocument({ path: '/a', query } as never)).toBeUndefined();
    }
  });
});

function uriOf(file: string): FakeUri {
  const uri = { scheme: 'file', path: at(file), fsPath: at(file), query: '' };
  return uri as unknown as FakeUri;
}

function documentAt(file: string) {
  return editors.textDocuments.find(({ uri }) => uri.path === at(file));
}
