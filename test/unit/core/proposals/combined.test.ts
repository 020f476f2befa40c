import { describe, expect, it } from 'vitest';
import type { CurrentFile } from '../../../../src/core/proposals/combineProposals.ts';
import { combineProposals, pathsOf } from '../../../../src/core/proposals/combineProposals.ts';
import { conflictText } from '../../../../src/core/proposals/conflictText.ts';
import type { FileProposal } from '../../../../src/core/proposals/fileProposal.ts';
import { unifiedDiff } from '../../../../src/core/proposals/unifiedDiff.ts';
import { countProposals, withProposalSteps } from '../../../../src/shared/proposals.ts';

const create = (path: string, text: string): FileProposal => ({
  ...{ kind: 'create', path, base: null, text },
});
const change = (path: string, base: string, text: string): FileProposal => ({
  ...{ kind: 'change', path, base, text },
});
const remove = (path: string, base: string): FileProposal => ({
  ...{ kind: 'delete', path, base, text: null },
});
const rename = (from: string, path: string, base: string, text = base): FileProposal => ({
  ...{ kind: 'rename', path, from, base, text },
});

/** Combines what conversation 0, 1, … propose. */
function combine(disk: Readonly<Record<string, CurrentFile>>, ...all: readonly FileProposal[][]) {
  const conversations = all.map((files, conversation) => ({
    ...{ conversation, id: `p${conversation}`, name: `P${conversation}`, files },
  }));
  return combineProposals(conversations, new Map(Object.entries(disk)));
}

const text = '1\n2\n3\n4\n5\n';

describe('proposals for files as they are', () => {
  it('are applied, sorted by path', () => {
    const disk = { 'b.txt': text, 'c.txt': 'old\n', 'd.txt': 'd\n' };
    const proposals = [
      ...[rename('d.txt', 'e.txt', 'd\n', 'D\n'), remove('c.txt', 'old\n')],
      ...[change('b.txt', text, 'x\n'), create('a.txt', 'new\n')],
    ];
    expect(combine(disk, proposals)).toEqual({
      conflicts: [],
      files: [
        { path: 'a.txt', before: null, after: 'new\n', conversations: [0] },
        { path: 'b.txt', before: text, after: 'x\n', conversations: [0] },
        { path: 'c.txt', before: 'old\n', after: null, conversations: [0] },
        { path: 'e.txt', from: 'd.txt', before: 'd\n', after: 'D\n', conversations: [0] },
      ],
    });
  });

  it('of several conversations are merged, in prompt order', () => {
    const { files, conflicts } = combine(
      { 'a.txt': text },
      [change('a.txt', text, text.replace('1', 'one'))],
      [change('a.txt', text, text.replace('5', 'five'))],
    );
    expect(conflicts).toEqual([]);
    expect(files).toEqual([
      { path: 'a.txt', before: text, after: 'one\n2\n3\n4\nfive\n', conversations: [0, 1] },
    ]);
  });

  it('come in prompt order, whatever order they are given in', () => {
    const late = { conversation: 5, id: 'p5', name: 'P5', files: [change('a', 'x\n', 'late\n')] };
    const early = { conversation: 2, id: 'p2', name: 'P2', files: [change('a', 'x\n', 'early\n')] };
    const { files, conflicts } = combineProposals([late, early], new Map([['a', 'x\n']]));
    expect(files.map(({ after }) => after)).toEqual(['early\n']);
    expect(conflicts).toMatchObject([{ path: 'a', conversation: 5, against: [2] }]);
  });

  it('that are done already leave nothing to do', () => {
    const disk = { 'a.txt': 'new\n', 'b.txt': 'x\n' };
    const proposals = [
      create('a.txt', 'new\n'),
      change('b.txt', text, 'x\n'),
      remove('c.txt', 'y\n'),
    ];
    expect(combine(disk, proposals)).toEqual({ files: [], conflicts: [] });
  });

  it('delete files before others take their names', () => {
    const { files, conflicts } = combine({ a: 'a\n', b: 'b\n' }, [
      rename('b', 'a', 'b\n'),
      remove('a', 'a\n'),
    ]);
    expect(conflicts).toEqual([]);
    expect(files).toEqual([
      { path: 'a', before: 'a\n', after: 'b\n', conversations: [0] },
      { path: 'b', before: 'b\n', after: null, conversations: [0] },
    ]);
  });

  it('rename a file that an earlier one renamed or made', () => {
    const twice = combine({ a: 'x\n' }, [rename('a', 'b', 'x\n')], [rename('b', 'c', 'x\n')]);
    expect(twice.files).toEqual([
      { path: 'c', from: 'a', before: 'x\n', after: 'x\n', conversations: [0, 1] },
    ]);
    const made = combine({}, [create('a', 'x\n')], [rename('a', 'b', 'x\n')]);
    expect(made.files).toEqual([{ path: 'b', before: null, after: 'x\n', conversations: [0, 1] }]);
  });

  it('rename a file the same way twice', () => {
    const { files, conflicts } = combine(
      { a: 'x\n' },
      [rename('a', 'b', 'x\n')],
      [rename('a', 'b', 'x\n')],
    );
    expect(conflicts).toEqual([]);
    expect(files).toEqual([
      { path: 'b', from: 'a', before: 'x\n', after: 'x\n', conversations: [0, 1] },
    ]);
  });

  it('that make a file again at its old name are no rename', () => {
    const { files } = combine({ a: 'x\n' }, [rename('a', 'b', 'x\n')], [create('a', 'new\n')]);
    expect(files).toEqual([
      { path: 'a', before: 'x\n', after: 'new\n', conversations: [0, 1] },
      { path: 'b', before: null, after: 'x\n', conversations: [0] },
    ]);
  });
});

describe('proposals that would overwrite what they do not know', () => {
  const exists = 'another file of that name is there';
  const gone = 'the file is no longer there';
  const changed = 'the same or neighbouring lines were changed';

  it.each<[string, Readonly<Record<string, CurrentFile>>, FileProposal, string, string]>([
    ['create', { a: 'other\n' }, create('a', 'new\n'), 'a', exists],
    ['delete', { a: 'other\n' }, remove('a', 'old\n'), 'a', changed],
    ['change', {}, change('a', 'old\n', 'new\n'), 'a', gone],
    ['change', { a: 'other\n' }, change('a', 'old\n', 'new\n'), 'a', changed],
    ['rename to', { a: 'x\n', b: 'y\n' }, rename('a', 'b', 'x\n'), 'b', exists],
    ['rename', {}, rename('a', 'b', 'x\n'), 'b', gone],
    ['rename', { b: 'x\n' }, rename('a', 'b', 'x\n'), 'b', gone],
    ['rename', { a: 'other\n' }, rename('a', 'b', 'x\n', 'y\n'), 'b', changed],
    ['change', { a: { problem: 'it is a link' } }, change('a', 'x\n', 'y\n'), 'a', 'it is a link'],
    ['rename', { a: { problem: 'it is a link' } }, rename('a', 'b', 'x\n'), 'b', 'it is a link'],
    [
      'rename',
      { a: 'x\n', b: { problem: 'it is a link' } },
      rename('a', 'b', 'x\n'),
      'b',
      'it is a link',
    ],
  ])('%s with %j', (_, disk, proposal, path, reason) => {
    expect(combine(disk, [proposal])).toEqual({
      files: [],
      conflicts: [{ path, conversation: 0, reason, against: [] }],
    });
  });

  it('name the conversations that came first', () => {
    const { files, conflicts } = combine(
      { a: 'x\n' },
      [change('a', 'x\n', 'one\n')],
      [change('a', 'x\n', 'two\n')],
      [remove('a', 'x\n')],
    );
    expect(files).toHaveLength(1);
    expect(conflicts.map(({ against }) => against)).toEqual([[0], [0]]);
    const names = [{ name: 'First' }, { name: 'Second' }];
    expect(conflicts.map((one) => conflictText(one, names))).toEqual([
      `a, proposed by "Second": ${changed} (by "First").`,
      `a, proposed by "3": ${changed} (by "First").`,
    ]);
    const onDisk = { path: 'a', conversation: 0, reason: gone, against: [] };
    expect(conflictText(onDisk, names)).toBe(`a, proposed by "First": ${gone} (on disk).`);
  });

  it('need the content of every path that they name', () => {
    const files = [rename('a', 'b', 'x'), change('c', 'x', 'y'), create('c', 'z')];
    expect(pathsOf([{ conversation: 0, id: 'p', name: 'P', files }])).toEqual(['b', 'a', 'c']);
  });
});

describe('a patch', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}\n`);
  const patch = (before: string | null, after: string | null, path = 'a', from?: string) =>
    [...unifiedDiff([{ path, before, after, conversations: [0], ...(from ? { from } : {}) }])].join(
      '',
    );
  const withLine = (count: number, ...numbers: number[]) =>
    lines(count)
      .map((line, index) => (numbers.includes(index + 1) ? `x${line}` : line))
      .join('');

  it('shows three lines around a change', () => {
    expect(patch(lines(9).join(''), withLine(9, 5))).toBe(
      [
        ...['diff --git a/a b/a', '--- a/a', '+++ b/a', '@@ -2,7 +2,7 @@'],
        ...[' 2', ' 3', ' 4', '-5', '+x5', ' 6', ' 7', ' 8', ''],
      ].join('\n'),
    );
  });

  it('joins changes whose surroundings meet, and counts lines on from one hunk to the next', () => {
    const hunks = (text: string) => text.match(/^@@.*$/gm);
    const file = lines(40).join('');
    expect(hunks(patch(file, withLine(40, 10, 17)))).toEqual(['@@ -7,14 +7,14 @@']);
    expect(hunks(patch(file, withLine(40, 10, 18)))).toEqual([
      '@@ -7,7 +7,7 @@',
      '@@ -15,7 +15,7 @@',
    ]);
    const added = lines(40).toSpliced(9, 1, 'a\n', 'b\n', 'c\n').toSpliced(35, 1).join('');
    expect(hunks(patch(file, added))).toEqual(['@@ -7,7 +7,9 @@', '@@ -31,7 +33,6 @@']);
  });

  it.each<[string | null, string | null, string[]]>([
    [
      null,
      'a\n',
      ['new file mode 100644', '--- /dev/null', '+++ b/a', '@@ -0,0 +1,1 @@', '+a', ''],
    ],
    [
      'a\n',
      null,
      ['deleted file mode 100644', '--- a/a', '+++ /dev/null', '@@ -1,1 +0,0 @@', '-a', ''],
    ],
    [null, '', ['new file mode 100644', '']],
    [
      'a',
      'b',
      [
        ...['--- a/a', '+++ b/a', '@@ -1,1 +1,1 @@'],
        ...['-a', '\\ No newline at end of file', '+b', '\\ No newline at end of file', ''],
      ],
    ],
  ])('from %j to %j', (before, after, rest) => {
    expect(patch(before, after)).toBe(['diff --git a/a b/a', ...rest].join('\n'));
  });

  it('names a rename, with names that git reads', () => {
    expect(patch('x\n', 'x\n', 'new', 'old')).toBe(
      'diff --git a/old b/new\nrename from old\nrename to new\n',
    );
    expect(patch('x\n', 'y\n', 'a "b"\\c')).toContain('--- "a/a \\"b\\"\\\\c"\t\n');
    expect(patch('x\n', 'y\n', 'a b')).toContain('+++ b/a b\t\n');
  });
});

describe('the list of proposals', () => {
  const file = (path: string) => ({ path, kind: 'create', added: 1, removed: 0 }) as const;

  it('is kept up to date by the steps of tool calls, sorted by path', () => {
    const steps = [{ ...file('a'), added: 5 }, { path: 'b', kind: 'none' }, file('0')] as const;
    expect(withProposalSteps([file('c'), file('b'), file('a')], steps)).toEqual([
      ...[file('0'), { ...file('a'), added: 5 }, file('c')],
    ]);
  });

  it('is counted by files and conversations', () => {
    const conversations = [
      { proposals: [file('a'), file('b')] },
      {},
      { proposals: [] },
      { proposals: [file('a')] },
    ];
    expect(countProposals(conversations)).toEqual({ files: 2, conversations: 2 });
  });
});
