import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { anthropicEvents } from '../../support/loopback/anthropicScript.ts';
import type { Reply } from '../../support/loopback/loopbackServer.ts';
import { sseText, streamReply } from '../../support/loopback/replies.ts';
import type { Outcome } from './commandLine.ts';
import { interleave, promptFolder, scriptedServer, viaAnthropic } from './commandLine.ts';
import { fails, promptIn, says, turnsIn } from './replies.ts';

vi.setConfig({ testTimeout: 120_000 });

const hasGit = spawnSync('git', ['--version']).status === 0;

interface Call {
  readonly name: 'write_file' | 'edit_file' | 'delete_file' | 'rename_file' | 'read_file';
  readonly input: object;
}

/** A turn that asks for these calls. */
function asks(calls: readonly Call[]): Reply {
  const content = calls.map((call, index) => ({ type: 'tool_use', id: `toolu_${index}`, ...call }));
  return streamReply(sseText(anthropicEvents({ content, stopReason: 'tool_use' })));
}

/** A workspace whose conversations make these calls, by the names of their prompts, and then end. */
class Scene {
  readonly folder: string;
  readonly runsFolder = promptFolder({});
  readonly #scripts: { readonly [prompt: string]: readonly Call[] };
  readonly #failing: readonly string[];

  constructor(
    files: { readonly [name: string]: string | Uint8Array },
    scripts: { readonly [prompt: string]: readonly Call[] },
    failing: readonly string[] = [],
  ) {
    this.folder = promptFolder(files);
    this.#scripts = scripts;
    this.#failing = failing;
  }

  async run(...options: readonly string[]): Promise<Outcome> {
    const server = await scriptedServer((request) => {
      const prompt = promptIn(request);
      if (turnsIn(request) === 0) return asks(this.#scripts[prompt] ?? []);
      if (this.#failing.includes(prompt)) return fails(400, 'invalid_request_error', 'no');
      return says('Done.');
    });
    const prompts = Object.keys(this.#scripts).map((prompt) => `## ${prompt}\n\n${prompt}\n`);
    const tools = '[read_file, edit_file, write_file, delete_file, rename_file]';
    const text = `---\ntools: ${tools}\n---\n\n${prompts.join('\n')}`;
    const file = path.join(promptFolder({ 'a.prompts.md': text }), 'a.prompts.md');
    return this.#interleave([
      'run',
      file,
      ...viaAnthropic(server.url),
      '--log',
      'none',
      ...options,
    ]);
  }

  /** Goes on with the run that is kept. */
  async resume(...options: readonly string[]): Promise<Outcome> {
    return this.#interleave(['resume', this.runId, ...options]);
  }

  get runId(): string {
    const [id = ''] = readdirSync(this.runsFolder);
    return id;
  }

  get journal(): string {
    return path.join(this.runsFolder, this.runId, 'journal.jsonl');
  }

  read(file: string): string {
    return readFileSync(path.join(this.folder, file), 'utf8');
  }

  #interleave(args: readonly string[]): Promise<Outcome> {
    const { runsFolder, folder } = this;
    return interleave(args, { runsFolder, workspaceFolder: folder });
  }
}

/** Every file in a folder with its bytes and whether it can be executed. */
function tree(folder: string): object {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.git'))
    .map((entry) => path.join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.sort().map((file) => {
      const isProgram = (statSync(file).mode & 0o100) !== 0;
      return [path.relative(folder, file), [readFileSync(file, 'latin1'), isProgram]];
    }),
  );
}

function patchedCopy(before: string, patch: string): string {
  execFileSync('git', ['init', '-q'], { cwd: before });
  execFileSync('git', ['apply', '--whitespace=nowarn', patch], { cwd: before, stdio: 'pipe' });
  return before;
}

const edit = (file: string, oldText: string, newText: string): Call => ({
  name: 'edit_file',
  input: { path: file, oldText, newText },
});
const write = (file: string, content: string): Call => ({
  name: 'write_file',
  input: { path: file, content },
});
const remove = (file: string): Call => ({ name: 'delete_file', input: { path: file } });
const rename = (file: string, newPath: string): Call => ({
  name: 'rename_file',
  input: { path: file, newPath },
});

describe('What conversations propose', () => {
  it('is neither written nor lost unless the command says so', async () => {
    const scene = new Scene({ 'a.txt': 'one\n' }, { A: [edit('a.txt', 'one', 'two')] });
    const { code, err } = await scene.run();
    expect(code).toBe(0);
    expect(scene.read('a.txt')).toBe('one\n');
    expect(err).toContain('1 file proposed by 1 conversation.\n');
    expect(err).toContain(`interleave resume ${scene.runId} --apply all`);
    const later = await scene.resume('--apply', 'all');
    expect(later.err).toContain('Applied: 1 file changed.');
    expect(scene.read('a.txt')).toBe('two\n');
  });

  it('is seen by later calls of its turn, even if tools run in parallel, and needs no consent', async () => {
    const read: Call = { name: 'read_file', input: { path: 'a.txt' } };
    const scene = new Scene({ 'a.txt': 'one\n' }, { A: [edit('a.txt', 'one', 'two'), read] });
    const result = path.join(promptFolder({}), 'result.json');
    const { code } = await scene.run('--tool-execution', 'parallel', '--json', result);
    expect(code).toBe(0);
    const [{ toolCalls }] = JSON.parse(readFileSync(result, 'utf8')).conversations;
    expect(toolCalls).toMatchObject([{ isError: false }, { output: 'two' }]);
  });

  it('is applied in prompt order, and what does not fit is named and left out', async () => {
    const scene = new Scene(
      { 'a.txt': '1\n2\n3\n4\n5\n', 'b.txt': 'b\n' },
      {
        First: [edit('a.txt', '1\n', 'one\n'), write('new.txt', 'first\n')],
        Second: [edit('a.txt', '5\n', 'five\n'), remove('b.txt')],
        Third: [edit('a.txt', '1\n', 'uno\n'), write('new.txt', 'third\n')],
        Fourth: [edit('b.txt', 'b', 'c'), write('other.txt', 'fine\n')],
      },
    );
    const { code, err } = await scene.run('--apply', 'all');
    expect(code).toBe(1);
    expect(scene.read('a.txt')).toBe('one\n2\n3\n4\nfive\n');
    expect(scene.read('new.txt')).toBe('first\n');
    expect(readdirSync(scene.folder).sort()).toEqual(['a.txt', 'new.txt', 'other.txt']);
    expect(err).toContain(
      'Conflict in a.txt, proposed by "Third": the same or neighbouring lines were changed (by "First", "Second").',
    );
    expect(err).toContain(
      'Conflict in new.txt, proposed by "Third": another file of that name is there (by "First").',
    );
    expect(err).toContain(
      'Conflict in b.txt, proposed by "Fourth": the file is no longer there (by "Second").',
    );
  });

  it('is merged with what changed on disk meanwhile, or left out', async () => {
    const scene = new Scene(
      { 'a.txt': '1\n2\n3\n4\n', 'b.txt': '1\n2\n', 'c.txt': 'c\n' },
      { A: [edit('a.txt', '1', 'one'), edit('b.txt', '1', 'one'), remove('c.txt')] },
    );
    await scene.run();
    writeFileSync(path.join(scene.folder, 'a.txt'), '1\n2\n3\nfour\n');
    writeFileSync(path.join(scene.folder, 'b.txt'), 'uno\n2\n');
    rmSync(path.join(scene.folder, 'c.txt'));
    symlinkSync('a.txt', path.join(scene.folder, 'c.txt'));
    const { code, err } = await scene.resume('--apply', 'all');
    expect(code).toBe(1);
    expect(scene.read('a.txt')).toBe('one\n2\n3\nfour\n');
    expect(scene.read('b.txt')).toBe('uno\n2\n');
    expect(err).toContain('Conflict in b.txt, proposed by "A":');
    expect(err).toMatch(/Conflict in c.txt, proposed by "A": .*symbolic link/);
  });

  it('by conversations that did not finish is left out', async () => {
    const scene = new Scene(
      { 'a.txt': 'one\n' },
      { Good: [write('good.txt', 'x')], Bad: [edit('a.txt', 'one', 'half')] },
      ['Bad'],
    );
    const { code, err } = await scene.run('--apply', 'all');
    expect(code).toBe(1);
    expect(err).toContain(
      'Left out, because it did not finish: what "Bad" proposed. Resume the run to finish it.',
    );
    expect(scene.read('a.txt')).toBe('one\n');
    expect(scene.read('good.txt')).toBe('x');
  });

  it('stands in the result, as files with counts of lines', async () => {
    const scene = new Scene(
      { 'a.txt': 'one\ntwo\n', 'b.txt': 'b\n' },
      { A: [edit('a.txt', 'one', '1\n1b'), rename('b.txt', 'c.txt'), write('d.txt', 'x\n')] },
    );
    const { out } = await scene.run('--json', '-');
    expect(JSON.parse(out).conversations[0].proposals).toEqual([
      { path: 'a.txt', kind: 'change', added: 2, removed: 1 },
      { path: 'c.txt', kind: 'rename', from: 'b.txt', added: 0, removed: 0 },
      { path: 'd.txt', kind: 'create', added: 1, removed: 0 },
    ]);
  });
});

describe.runIf(hasGit)('The patch of all proposals', () => {
  it('applies with git and gives the same tree', async () => {
    const files = {
      'plain.txt': 'one\ntwo\nthree\n',
      'windows.txt': '\uFEFFone\r\ntwo\r\nthree\r\n',
      'open end.txt': 'one\ntwo',
      'to end.txt': 'one\n',
      'übung/größe ä.txt': 'ä\nö\n',
      'gone.txt': 'gone\n',
      'empty.txt': '',
      'old name.txt': '1\n2\n3\n4\n5\n6\n7\n8\n',
      'moved.txt': 'moved\n',
      'quote"d.txt': 'q\n',
      'long.txt': Array.from({ length: 60 }, (_, index) => `${index}\n`).join(''),
      'run.sh': '#!/bin/sh\necho one\n',
    };
    const scene = new Scene(files, {
      A: [
        edit('plain.txt', 'two\n', ''),
        edit('windows.txt', 'two', 'zwei'),
        edit('open end.txt', 'two', 'zwei\ndrei'),
        write('to end.txt', 'one\ntwo'),
        edit('übung/größe ä.txt', 'ö', 'ü'),
        write('neu/ü mit Leerzeichen.txt', 'neu\n'),
        write('made empty.txt', ''),
        remove('gone.txt'),
        remove('empty.txt'),
        rename('moved.txt', 'deep/er/moved here.txt'),
        rename('old name.txt', 'new name.txt'),
        edit('new name.txt', '4', 'four'),
        edit('quote"d.txt', 'q', 'Q'),
        edit('run.sh', 'one', 'two'),
        edit('long.txt', '\n5\n', '\nfive\n'),
      ],
      B: [edit('long.txt', '\n50\n', '\n'), edit('plain.txt', 'three', 'three\nfour')],
    });
    execFileSync('chmod', ['+x', path.join(scene.folder, 'run.sh')]);
    const copy = promptFolder({});
    cpSync(scene.folder, copy, { recursive: true });
    const patch = path.join(promptFolder({}), 'all.patch');
    const { code, err } = await scene.run('--patch', patch, '--apply', 'all');
    expect(err).toContain('Applied: 14 files changed.');
    expect(code).toBe(0);
    expect(tree(scene.folder)).not.toEqual(tree(copy));
    expect(tree(patchedCopy(copy, patch))).toEqual(tree(scene.folder));
  });

  it('of 50 conversations on the same 20 files is the same after their process was killed', async () => {
    const editors = Array.from({ length: 50 }, (_, index) => index);
    const names = Array.from({ length: 20 }, (_, index) => `src/file${index}.txt`);
    const content = editors.map((index) => `line ${index} of `).map((line) => `${line}all\n\n\n`);
    const files = Object.fromEntries(names.map((name) => [name, content.join('')]));
    // The last conversation wants a line that the one before it has changed.
    const lineOf = (editor: number): string => `line ${editor === 49 ? 48 : editor} of all`;
    const scripts = Object.fromEntries(
      editors.map((editor) => [
        `Editor ${editor}`,
        names.map((name) => edit(name, lineOf(editor), `edited by ${editor}`)),
      ]),
    );
    const scene = new Scene(files, scripts);
    const before = tree(scene.folder);
    await scene.run();
    expect(tree(scene.folder)).toEqual(before);

    cutJournal(scene.journal, 500);
    const patch = path.join(promptFolder({}), 'all.patch');
    const copy = promptFolder(files);
    const { code, err } = await scene.resume('--patch', patch, '--apply', 'all');
    expect(code).toBe(1);
    expect(err).toContain('20 files proposed by 50 conversations.');
    expect(err.match(/^Conflict in src\/file\d+\.txt, proposed by "Editor 49": /gm)).toHaveLength(
      20,
    );
    const expected = editors.map((editor) =>
      editor === 49 ? 'line 49 of all\n\n\n' : `edited by ${editor}\n\n\n`,
    );
    for (const name of names) expect(scene.read(name)).toBe(expected.join(''));
    expect(tree(patchedCopy(copy, patch))).toEqual(tree(scene.folder));
  });
});

/** Ends a journal as a kill would have done, after so many tool calls. */
function cutJournal(journal: string, toolCalls: number): void {
  const lines = readFileSync(journal, 'utf8').split('\n');
  let ended = 0;
  const end = lines.findIndex((line) => {
    if (line.includes('"type":"tool.finished"')) ended += 1;
    return ended === toolCalls;
  });
  expect(end).toBeGreaterThan(0);
  writeFileSync(journal, `${lines.slice(0, end + 1).join('\n')}\n`);
  rmSync(path.join(path.dirname(journal), 'summary.json'));
}
