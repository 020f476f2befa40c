import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { reviewWorkspaceRules } from '../../../src/commands/reviewWorkspaceRules.ts';
import { decide } from '../../../src/core/approvals/rules/decide.ts';
import { parseRule } from '../../../src/core/approvals/rules/parseRule.ts';
import { findRuleTool } from '../../../src/core/approvals/rules/ruleTools.ts';
import { FolderRulesNotice } from '../../../src/host/folderRulesNotice.ts';
import { WorkspaceRules } from '../../../src/host/workspaceRules.ts';
import { linux, tools } from '../../support/approvals/ruleFixtures.ts';
import { settled } from '../../support/settled.ts';
import { person } from '../../support/vscode/fakeWindow.ts';

const fake = vi.hoisted(() => ({
  trusted: true,
  executed: [] as string[],
  opened: [] as string[],
  changeFile: (): void => undefined,
  remote: {} as Record<string, string>,
}));

vi.mock('vscode', async () => {
  const real = await import('../../support/vscode/fakeVscode.ts');
  const nothing = () => ({ dispose: () => undefined });
  const textOf = ({ text }: { readonly text: string }) => {
    const found = fake.remote[text];
    if (found !== undefined) return new TextEncoder().encode(found);
    throw Object.assign(new Error('No file'), { code: 'FileNotFound' });
  };
  return {
    ...real,
    Uri: { file: real.Uri.file, parse: (text: string) => ({ text, toString: () => text }) },
    commands: { executeCommand: async (id: string) => void fake.executed.push(id) },
    window: {
      ...real.window,
      showTextDocument: async (uri: { readonly fsPath: string }) =>
        void fake.opened.push(uri.fsPath),
    },
    workspace: {
      get isTrusted() {
        return fake.trusted;
      },
      createFileSystemWatcher: () => ({
        ...{ dispose: () => undefined, onDidCreate: nothing },
        onDidChange: (listener: () => void) => {
          fake.changeFile = listener;
          return nothing();
        },
      }),
      fs: {
        stat: async (uri: { readonly text: string }) => ({ size: textOf(uri).length }),
        readFile: async (uri: { readonly text: string }) => textOf(uri),
      },
    },
  };
});

beforeEach(() => {
  person.reset();
  fake.trusted = true;
  fake.executed = [];
  fake.opened = [];
  fake.remote = {};
});

function folder(text?: string | Uint8Array): string {
  const created = mkdtempSync(path.join(tmpdir(), 'rules-'));
  onTestFinished(() => rmSync(created, { recursive: true }));
  if (text !== undefined) write(created, text);
  return created;
}

function write(top: string, text: string | Uint8Array): void {
  mkdirSync(path.join(top, '.interleave'), { recursive: true });
  writeFileSync(fileIn(top), text);
}

const fileIn = (top: string) => path.join(top, '.interleave', 'approvals.rules');

function windowOver(paths: readonly string[], kept = new Map<string, unknown>()) {
  const changes: string[] = [];
  const rules = new WorkspaceRules({
    folders: () => paths.map((one) => ({ name: path.basename(one), path: one })),
    memory: {
      get: (key: string) => kept.get(key) as never,
      update: async (key: string, value: unknown) => void kept.set(key, value),
    },
    reading: ({ name }) => ({ tools, system: linux, ...(paths.length > 1 ? { below: name } : {}) }),
    onDidChange: () => changes.push('changed'),
  });
  const texts = () => rules.current().map(({ text, place }) => `${place} ${text}`);
  return { rules, kept, changes, texts };
}

describe('the rules that a workspace folder brings', () => {
  it('count after the user accepted them, also in the next window', async () => {
    const top = folder('deny run_command(rm *)\nask write_file(package.json)\n');
    const { rules, kept, texts, changes } = windowOver([top]);
    const [found] = await rules.refresh();
    expect(found).toMatchObject({ state: 'waiting', file: fileIn(top) });
    expect(texts()).toEqual([]);
    expect(await rules.accept(found!)).toBe(true);
    const both = ['workspace deny run_command(rm *)', 'workspace ask write_file(package.json)'];
    expect(texts()).toEqual(both);
    expect(changes).toEqual(['changed']);
    const next = windowOver([top], kept);
    expect(await next.rules.refresh()).toMatchObject([{ state: 'accepted' }]);
    expect(next.texts()).toEqual(both);
    await next.rules.withdraw(found!);
    expect(next.texts()).toEqual([]);
    expect(await next.rules.refresh()).toMatchObject([{ state: 'waiting' }]);
  });

  it('ask again when the file has changed, and meanwhile count as they were accepted', async () => {
    const top = folder('deny run_command(rm *)');
    const { rules, kept, texts } = windowOver([top]);
    const [found] = await rules.refresh();
    await rules.accept(found!);
    write(top, '# nothing');
    expect(await rules.refresh()).toMatchObject([{ state: 'waiting', rules: [] }]);
    expect(texts()).toEqual(['workspace deny run_command(rm *)']);
    rmSync(fileIn(top));
    expect(await rules.refresh()).toEqual([]);
    expect(texts()).toEqual(['workspace deny run_command(rm *)']);
    // The next window has no accepted text.
    write(top, '# nothing');
    const next = windowOver([top], kept);
    expect(await next.rules.refresh()).toMatchObject([{ state: 'waiting' }]);
    expect(next.texts()).toEqual([]);
  });

  it('are not accepted when the file is another one by then', async () => {
    const top = folder('deny run_command');
    const { rules, texts } = windowOver([top]);
    const [found] = await rules.refresh();
    write(top, 'ask read_file');
    expect(await rules.accept(found!)).toBe(false);
    expect(texts()).toEqual([]);
    expect(await rules.refresh()).toMatchObject([{ state: 'waiting' }]);
  });

  it('never allow: such lines are left out and said', async () => {
    const text =
      'allow run_command(npm test)\n# yes: npm test\ndeny fetch_url\nallow lm:x agent=a unattended\n';
    const { rules, texts } = windowOver([folder(text)]);
    const [found] = await rules.refresh();
    expect(found!.problems.map(({ line, severity }) => [line, severity])).toEqual([
      [0, 'warning'],
      [3, 'warning'],
    ]);
    await rules.accept(found!);
    expect(texts()).toEqual(['workspace deny fetch_url']);
  });

  it('begin in their own folder where there are several', async () => {
    const [one, other] = [folder('deny write_file(src/**)\n# yes: src/a.ts'), folder()];
    const { rules } = windowOver([one, other]);
    const [found] = await rules.refresh();
    expect(found!.problems).toEqual([]);
    await rules.accept(found!);
    const verdict = (file: string) =>
      decide(
        rules.current(),
        {
          tool: findRuleTool('write_file', tools)!,
          input: { path: file, content: '' },
          isUnattended: false,
        },
        linux,
      ).verdict;
    expect(verdict(`${path.basename(one)}/src/a.ts`)).toBe('deny');
    expect(verdict(`${path.basename(other)}/src/a.ts`)).toBe('allow');
    expect(verdict(`./${path.basename(one)}/x/../src/a.ts`)).toBe('deny');
  });

  it('are read on other file systems, too', async () => {
    const top = 'vscode-vfs://github/o/r';
    fake.remote[`${top}/.interleave/approvals.rules`] = 'deny run_command';
    const { rules, texts } = windowOver([top, 'vscode-vfs://github/o/none']);
    const [found, ...others] = await rules.refresh();
    expect(others).toEqual([]);
    await rules.accept(found!);
    expect(texts()).toEqual(['workspace deny run_command']);
    expect(rules.folderOf(`${top}/.interleave/approvals.rules`)?.path).toBe(top);
    fake.remote[`${top}/.interleave/approvals.rules`] = 'x'.repeat(100_001);
    expect(await rules.refresh()).toMatchObject([{ state: 'unusable' }]);
  });

  it('are known by their place', () => {
    const top = folder();
    const { rules } = windowOver([top]);
    expect(rules.folderOf(pathToFileURL(fileIn(top)).href)?.path).toBe(top);
    expect(rules.folderOf(pathToFileURL(path.join(top, 'approvals.rules')).href)).toBeUndefined();
  });

  it('add up to no more than what the other rules allow, whatever the file says', async () => {
    const effects = ['allow', 'ask', 'deny'] as const;
    const bodies = [
      'run_command(npm *)',
      'run_command(npm test)',
      'run_command',
      '*',
      'fetch_url(http://127.0.0.1:80/*)',
      'write_file(src/**)',
      'lm:tool',
    ];
    const line = fc
      .tuple(fc.constantFrom(...effects), fc.constantFrom(...bodies))
      .map(([effect, body]) => `${effect} ${body}`);
    const calls = [
      ['run_command', { command: 'npm test' }],
      ['run_command', { command: 'npm run x' }],
      ['fetch_url', { url: 'http://127.0.0.1:80/' }],
      ['write_file', { path: 'src/a.ts', content: '' }],
      ['read_file', { path: 'a' }],
    ] as const;
    const strictness = { allow: 0, ask: 1, deny: 2 };
    const top = folder();
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 6 }),
        fc.array(line, { maxLength: 4 }),
        async (own, users) => {
          write(top, own.join('\n'));
          const { rules } = windowOver([top]);
          const [found] = await rules.refresh();
          if (found!.state === 'waiting') await rules.accept(found!);
          const user = users.flatMap((text, index) => {
            const { rule } = parseRule(text, index, { place: 'settings', tools, system: linux });
            return rule === undefined ? [] : [rule];
          });
          expect(rules.current().filter(({ effect }) => effect === 'allow')).toEqual([]);
          for (const [name, input] of calls) {
            const call = { tool: findRuleTool(name, tools)!, input, isUnattended: false };
            const alone = decide(user, call, linux).verdict;
            const together = decide([...rules.current(), ...user], call, linux).verdict;
            expect(strictness[together]).toBeGreaterThanOrEqual(strictness[alone]);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a hostile file of rules', () => {
  const stateOf = async (top: string) => {
    const { rules, texts } = windowOver([top]);
    const [found] = await rules.refresh();
    if (found !== undefined) await rules.accept(found);
    expect(texts()).toEqual([]);
    return found;
  };

  it('that is too large is not read', async () => {
    const found = await stateOf(folder(`deny run_command\n${'#'.repeat(100_000)}`));
    expect(found).toMatchObject({ state: 'unusable', why: expect.stringContaining('limit') });
  });

  it('that is a link is not followed', async () => {
    const outside = path.join(folder(), 'other.rules');
    writeFileSync(outside, 'deny run_command');
    const top = folder();
    mkdirSync(path.join(top, '.interleave'));
    symlinkSync(outside, fileIn(top));
    expect(await stateOf(top)).toMatchObject({
      state: 'unusable',
      why: expect.stringMatching(/link/),
    });
  });

  it('in a folder that is a link out of the workspace is not read', async () => {
    const outside = folder();
    writeFileSync(path.join(outside, 'approvals.rules'), 'deny run_command');
    const top = folder();
    symlinkSync(outside, path.join(top, '.interleave'));
    expect(await stateOf(top)).toMatchObject({
      state: 'unusable',
      why: expect.stringMatching(/outside/),
    });
  });

  it.skipIf(process.platform === 'win32')('that is a pipe is not opened', async () => {
    const top = folder();
    mkdirSync(path.join(top, '.interleave'));
    execFileSync('mkfifo', [fileIn(top)]);
    expect(await stateOf(top)).toMatchObject({
      state: 'unusable',
      why: expect.stringMatching(/pipe/),
    });
  });

  it('that is a folder, or stands below a file, counts for nothing', async () => {
    const top = folder();
    mkdirSync(fileIn(top), { recursive: true });
    expect(await stateOf(top)).toMatchObject({ state: 'unusable' });
    const other = folder();
    writeFileSync(path.join(other, '.interleave'), 'x');
    expect(await stateOf(other)).toBeUndefined();
  });

  it.each([
    ['binary', new Uint8Array([0xff, 0xfe, 0x64, 0])],
    ['invisible characters', 'deny run_command(rm\u200b *)'],
    ['bidi characters', 'deny run_command(\u202erm)'],
    ['escapes', '\u001b[2Jdeny run_command'],
    ['an unknown tool', 'deny run_comand'],
    ['an unknown effect', 'permit run_command'],
    ['all tools allowed', 'allow *'],
    ['an example that does not hold', 'deny run_command(rm *)\n# yes: npm test'],
    ['too many lines', 'ask read_file\n'.repeat(5_001)],
    ['a very long line', `deny run_command(${'x'.repeat(5_000)})`],
  ])('with %s cannot be accepted', async (_, text) => {
    expect(await stateOf(folder(text))).toMatchObject({ state: 'unusable' });
  });

  it('cannot make what is remembered mean another folder', async () => {
    const { rules, texts } = windowOver(
      [folder('deny run_command')],
      new Map([['interleave.acceptedRules', 'x']]),
    );
    await rules.refresh();
    expect(texts()).toEqual([]);
  });
});

describe('what is said of rules that do not count', () => {
  const noticeOver = ({ rules }: ReturnType<typeof windowOver>) => {
    const notes: string[] = [];
    const notice = new FolderRulesNotice({
      log: { note: (text: string) => void notes.push(text), error: () => undefined },
      refresh: () => rules.refresh(),
    });
    onTestFinished(() => notice.dispose());
    return { notice, notes };
  };

  it('is said once for each text, and leads to the rules', async () => {
    const top = folder('deny run_command\nask fetch_url\nallow read_file');
    const opened = windowOver([top]);
    const { notice, notes } = noticeOver(opened);
    person.chooses = 'Review Rules…';
    const found = await opened.rules.refresh();
    notice.tell(found);
    notice.tell(found);
    await settled();
    expect(person.messages.map(({ text }) => text)).toEqual([
      `The folder "${path.basename(top)}" brings rules for tool calls (1 denies, 1 asks). They do not count before you accept them.`,
    ]);
    expect(fake.executed).toEqual(['interleave.reviewWorkspaceRules']);
    expect(notes).toEqual([
      expect.stringContaining('do not count'),
      expect.stringMatching(/Line 3: warning: A workspace cannot allow anything/),
    ]);
  });

  it('is said when the file changes, and not in Restricted Mode', async () => {
    const top = folder('deny run_command');
    const opened = windowOver([top]);
    noticeOver(opened);
    fake.trusted = false;
    fake.changeFile();
    await settled();
    expect(person.messages).toEqual([]);
    fake.trusted = true;
    fake.changeFile();
    await vi.waitFor(() => expect(person.messages).toHaveLength(1));
    const [found] = await opened.rules.refresh();
    await opened.rules.accept(found!);
    fake.changeFile();
    await settled();
    expect(person.messages).toHaveLength(1);
  });
});

describe('Review Rules of Folder…', () => {
  const reviewOf = ({ rules }: ReturnType<typeof windowOver>) =>
    reviewWorkspaceRules({ engine: { get: async () => ({ workspaceRules: rules }) } } as never);

  it('shows every rule, and changes nothing by its first entry', async () => {
    const opened = windowOver([folder('deny run_command(rm *)\nallow read_file')]);
    person.chooses = 'Close';
    await reviewOf(opened)();
    const [list] = person.lists;
    expect(list!.map(({ label }) => label)).toEqual([
      ...['Close', 'Accept These Rules', 'Open File'],
      ...[
        'Rules',
        'deny run_command(rm *)',
        'Left out',
        expect.stringContaining('Line 2: warning'),
      ],
    ]);
    expect(opened.texts()).toEqual([]);
  });

  it('accepts them, and takes that back', async () => {
    const opened = windowOver([folder('deny run_command')]);
    person.chooses = 'Accept These Rules';
    await reviewOf(opened)();
    expect(opened.texts()).toEqual(['workspace deny run_command']);
    person.chooses = 'Take Acceptance Back';
    await reviewOf(opened)();
    expect(opened.texts()).toEqual([]);
  });

  it('offers no acceptance of rules with errors, and reads nothing in Restricted Mode', async () => {
    const top = folder('denny run_command');
    person.chooses = 'Open File';
    await reviewOf(windowOver([top]))();
    expect(person.lists[0]!.map(({ label }) => label)).not.toContain('Accept These Rules');
    expect(fake.opened).toEqual([fileIn(top)]);
    fake.trusted = false;
    await expect(reviewOf(windowOver([top]))()).rejects.toThrow('Restricted Mode');
  });

  it('says where rules would be when there are none', async () => {
    await reviewOf(windowOver([folder()]))();
    expect(person.messages[0]!.text).toContain('.interleave/approvals.rules');
  });
});
