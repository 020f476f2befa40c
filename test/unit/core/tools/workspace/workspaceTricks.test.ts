import { execFileSync } from 'node:child_process';
import { linkSync, symlinkSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Tool } from '../../../../../src/core/tools/tool.ts';
import { createWorkspaceTools } from '../../../../../src/core/tools/workspace/workspaceTools.ts';
import { runTool } from '../toolFixtures.ts';
import { canary, DiskTree, Workspaces } from './workspaceFixture.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Existing files and folders that must be withheld because of their names or places. */
const withheld: readonly string[] = [
  ...['.env', '.env.local', '.env.production', '.ENV', 'sub/.env', '.envrc', '.env/inner.txt'],
  ...['server.pem', 'SERVER.PEM', 'certs/ca.pem', 'vault.kdbx', 'Vault.KDBX', 'host.key'],
  ...['id_rsa', 'id_ed25519', 'id_rsa.pub', 'ID_RSA', 'id_work', 'deploy/id_ecdsa'],
  ...['.git/config', '.git/HEAD', 'packages/a/.git/config', '.GIT/hooks/x', '.git'],
  ...['.ssh/config', '.ssh/known_hosts', '.aws/credentials', '.aws/config', '.kube/config'],
  ...['.npmrc', '.netrc', '.git-credentials', 'credentials.json', 'secrets.yml'],
  ...['hidden-by-setting/x.txt', 'notes.bak', 'deep/in/notes.bak'],
];

/** Names that exist on this disk and that a model cannot write. */
const oddNames: readonly string[] = ['line\nbreak', 'bell\u0007', 'del\u007f', 'c1\u0085x'];

/** Names that are ordinary on this disk and special only on Windows. */
const namesOfThisSystem: readonly string[] = [
  ...['CON', 'nul.txt', 'Aux', 'com1.log', 'LPT9', 'conin$', 'PRN.tar.gz', 'COM¹'],
  ...['dot.', 'blank ', 'dot. ', 'a.txt.', 'PROGRA~1', 'READ~1.TXT', 'a:stream', 'a.txt::$DATA'],
  ...['back\\slash', '..\\up', '\\\\?\\C:', 'C:'],
];

/** Links to places outside, or to withheld files. */
const links: { readonly [name: string]: string } = {
  'link-file': '->../outside/hidden.txt',
  'link-absolute': '->BASE/outside/hidden.txt',
  'link-folder': '->../outside',
  'link-parent': '->..',
  'link-root': '->/',
  'link-sibling': '->../inside-sibling',
  'link-chain': '->link-file',
  'link-inside-out': '->src/../../outside/hidden.txt',
  'link-env': '->.env.local',
  'link-git': '->packages/a/.git',
  'link-pem': '->certs/ca.pem',
  'link-setting': '->hidden-by-setting',
  'src/link-up': '->../../outside',
  'link-circle': '->link-circle',
  'link-device': '->/dev/zero',
  'link-proc': '->/proc/self/environ',
};

/** Paths that a model may write. `FILE` is a file outside, `BASE` the folder above. */
const spellings: readonly string[] = [
  ...['..', '../', '../..', '../outside', '../outside/hidden.txt', './../outside/hidden.txt'],
  ...['src/../../outside/hidden.txt', 'src/./../../outside/hidden.txt', 'src//..//..//outside'],
  ...['../inside-sibling/hidden.txt', '../inside/../outside/hidden.txt', '../INSIDE/a.txt'],
  ...['FILE', '/BASE/outside/hidden.txt', '//BASE/outside/hidden.txt', 'BASE/inside-sibling'],
  ...['BASE/inside/../outside/hidden.txt', 'BASE/inside/src/../../outside/hidden.txt', 'BASE'],
  ...['/', '/etc/passwd', '/proc/self/environ', '/proc/self/cwd/../outside', '/dev/stdin', '~'],
  ...['~/.ssh/id_rsa', '$HOME/.ssh/id_rsa', '%USERPROFILE%\\x', 'file:///etc/passwd', 'file:FILE'],
  ...['..%2foutside%2fhidden.txt', '%2e%2e/outside/hidden.txt', '..%252foutside', '%2e%2e%2f'],
  ...['..%c0%afoutside/hidden.txt', '..\\outside\\hidden.txt', 'src\\..\\..\\outside\\hidden.txt'],
  ...['..\u2215outside', '..\uff0foutside/hidden.txt', '\u2024\u2024/outside/hidden.txt'],
  ...['\uff0e\uff0e/outside/hidden.txt', '.\u200b./outside/hidden.txt', '..\0/outside/hidden.txt'],
  ...[
    '../outside/hidden.txt\0.md',
    'a.txt\0',
    '..;/outside/hidden.txt',
    '....//outside/hidden.txt',
  ],
  ...[
    '\\\\?\\C:\\Windows\\win.ini',
    '\\\\.\\PhysicalDrive0',
    '\\\\server\\share\\x',
    '//server/share/x',
  ],
  ...['C:\\Windows\\win.ini', 'C:/Windows/win.ini', 'c:a.txt', 'a.txt:hidden', 'a.txt::$DATA'],
  ...['.git::$INDEX_ALLOCATION/config', '.git./config', '.git /config', 'GIT~1/config', '.env.'],
  ...['.\u017fsh/config', '.gi\u0442/config', '.g\u200cit/config', '.ENV.LOCAL', 'certs/CA.PEM'],
  ...[
    '\ud800',
    '../\udfff',
    'x'.repeat(5000),
    '../'.repeat(1300),
    `${'a/../'.repeat(700)}../outside`,
  ],
  ...['pipe', 'src/pipe', 'inside', 'src/inside-sibling'],
];

let tree: DiskTree;
let workspaces: Workspaces;
let tools: readonly Tool[];

beforeAll(() => {
  workspaces = new Workspaces();
  const secret = `${canary}\n`;
  tree = new DiskTree({
    'inside/a.txt': 'harmless\n',
    'inside/src/b.txt': 'harmless too\n',
    'inside-sibling/hidden.txt': secret,
    ...Object.fromEntries(oddNames.map((name) => [`inside/odd/${name}`, secret])),
    ...Object.fromEntries(namesOfThisSystem.map((name) => [`inside/plain/${name}`, 'plain\n'])),
  });
  // Some disks ignore case, and a name is a file or a folder.
  for (const name of withheld) tryTo(() => tree.write({ [`inside/${name}`]: secret }));
  for (const [name, target] of Object.entries(links)) tree.write({ [`inside/${name}`]: target });
  for (const name of ['pipe', 'src/pipe']) execFileSync('mkfifo', [path.join(tree.inside, name)]);
  const scope = tree.scope({ exclude: ['hidden-by-setting', '**/*.bak'] });
  tools = createWorkspaceTools(workspaces.over(scope));
});

afterAll(() => {
  workspaces.dispose();
  tree.remove();
});

function tryTo(act: () => void): void {
  try {
    act();
  } catch {
    // Another name of the list already exists.
  }
}

/** The results of the three tools for a path. */
async function ask(requested: string) {
  const about = [
    ['read_file', { path: requested }],
    ['list_files', { path: requested }],
    ['list_files', { path: requested, pattern: '**' }],
    ['search_text', { query: canary, path: requested }],
    ['search_text', { query: '.', isRegExp: true, path: requested, pattern: '**' }],
  ] as const;
  return Promise.all(about.map(([name, input]) => runTool(tools, name, input)));
}

function place(spelling: string): string {
  return spelling
    .replace('FILE', path.join(tree.base, 'outside/hidden.txt'))
    .replace('BASE', tree.base);
}

/** Expects no content of a withheld file, and nothing of this machine. */
function expectNothingTold(content: string): void {
  expect(content).not.toContain(canary);
  expect(content).not.toMatch(/hidden\.txt:\d|root:x:0|\[fonts\]|HOME=|PATH=/);
}

test('covers many tricks', () => {
  const all = [...withheld, ...oddNames, ...namesOfThisSystem, ...Object.keys(links), ...spellings];
  expect(new Set(all).size).toBeGreaterThan(140);
});

describe('with each of the three tools', () => {
  test.each(spellings.map((one) => [one.slice(0, 60), one]))('%j is refused', async (_, one) => {
    for (const outcome of await ask(place(one))) {
      expect(outcome.isError, outcome.content).toBe(true);
      expectNothingTold(outcome.content);
      // The error shows no path of this machine except the requested one.
      if (!one.includes('BASE') && !one.includes('FILE')) {
        expect(outcome.content).not.toContain(tree.base);
      }
    }
  });

  test.each(withheld)('%s is refused', async (name) => {
    for (const outcome of await ask(name)) {
      expect(outcome.isError, outcome.content).toBe(true);
      expectNothingTold(outcome.content);
    }
  });

  test.each(oddNames)('the file %j is refused although it exists', async (name) => {
    for (const outcome of await ask(`odd/${name}`)) {
      expect(outcome.isError, outcome.content).toBe(true);
      expectNothingTold(outcome.content);
    }
  });

  test.each(namesOfThisSystem)('the file %j is an ordinary file', async (name) => {
    const [read, , , found] = await ask(`plain/${name}`);
    expect(read).toMatchObject({ content: 'plain', isError: false });
    expect(found?.isError).toBe(false);
    const { content } = await runTool(tools, 'list_files', { path: 'plain' });
    expect(content.split('\n')).toContain(`plain/${name}`);
  });

  test.each(Object.keys(links))('the link %s is refused', async (name) => {
    for (const tail of ['', '/', '/hidden.txt', '/config', '/x.txt']) {
      for (const outcome of await ask(name + tail)) {
        expect(outcome.isError, `${name + tail}: ${outcome.content}`).toBe(true);
        expectNothingTold(outcome.content);
      }
    }
  });

  test.each(['', '.', 'src', 'odd', 'packages', 'deep'])(
    'results for the folder %j show nothing withheld',
    async (folder) => {
      const [, listed, matching, found] = await ask(folder);
      for (const outcome of [listed, matching, found]) {
        expect(outcome?.isError).toBe(false);
        // `search_text` does not repeat the query when it finds nothing.
        expectNothingTold(outcome?.content ?? '');
        const lines = (outcome?.content ?? '').split('\n').map((line) => line.replace(/\/$/, ''));
        expect(lines.filter((line) => withheld.includes(line))).toEqual([]);
        expect(lines.filter((line) => line in links)).toEqual([]);
        expect(lines.filter((line) => oddNames.includes(line.replace('odd/', '')))).toEqual([]);
      }
    },
  );
});

test('a file with a hard link outside belongs to the workspace: only symbolic links are refused', async () => {
  linkSync(path.join(tree.inside, 'a.txt'), path.join(tree.base, 'outside/second.txt'));
  expect(await runTool(tools, 'read_file', { path: 'a.txt' })).toMatchObject({
    content: 'harmless',
    isError: false,
  });
});

test('a workspace reached through a link works, and links inside it still lead nowhere', async () => {
  const alias = path.join(tree.base, 'alias');
  symlinkSync(tree.inside, alias);
  const scope = { roots: [{ name: 'alias', path: alias }], exclude: [] };
  const aliased = createWorkspaceTools(workspaces.over(scope));
  expect((await runTool(aliased, 'read_file', { path: 'a.txt' })).isError).toBe(false);
  for (const name of ['link-file', 'link-folder/hidden.txt', '../outside/hidden.txt']) {
    const outcome = await runTool(aliased, 'read_file', { path: name });
    expect(outcome.isError).toBe(true);
    expectNothingTold(outcome.content);
  }
});
