import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandResult, runCommand } from '../../../scripts/childProcess.ts';
import { ROOT } from '../../../scripts/root.ts';

// Generous, because npm is slow on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const timeoutMs = 100_000;

/** A package whose install script creates a file. */
const scripted = {
  name: 'scripted',
  version: '1.0.0',
  scripts: Object.fromEntries(
    ['preinstall', 'install', 'postinstall'].map((name) => [
      name,
      `node -e "fs.writeFileSync(process.env.INIT_CWD + '/${name}.ran', '')"`,
    ]),
  ),
};

describe.skipIf(process.platform === 'win32')('A fresh clone', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'interleave-bootstrap-'));
    await mkdir(path.join(folder, 'scripts'));
    const script = 'scripts/bootstrap.mjs';
    await copyFile(path.join(ROOT, script), path.join(folder, script));
    await write('hello.js', "console.log('Hello');");
  });

  afterEach(async () => await rm(folder, { recursive: true, force: true }));

  async function write(name: string, content: string | object): Promise<void> {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(path.join(folder, name), text);
  }

  async function npm(...args: readonly string[]): Promise<void> {
    const { code, output } = await runCommand('npm', [...args, '--offline'], {
      cwd: folder,
      timeoutMs,
    });
    expect(code, output).toBe(0);
  }

  /** A project that depends on the package with scripts, with a lock file. */
  async function dependOnScripted(): Promise<void> {
    await mkdir(path.join(folder, 'scripted'));
    await write('scripted/package.json', scripted);
    await npm('pack', './scripted');
    await write('package.json', { devDependencies: { scripted: 'file:scripted-1.0.0.tgz' } });
    await npm('install', '--package-lock-only');
  }

  /** An npm that records its arguments and then runs the shell command. */
  async function fakeNpm(command: string): Promise<void> {
    await mkdir(path.join(folder, 'bin'));
    await write('bin/npm', `#!/bin/sh\necho "$@" >> "${folder}/calls"\n${command}\n`);
    await chmod(path.join(folder, 'bin/npm'), 0o755);
  }

  const npmCalls = async (): Promise<readonly string[]> =>
    existsSync(path.join(folder, 'calls'))
      ? (await readFile(path.join(folder, 'calls'), 'utf8')).trim().split('\n')
      : [];

  async function start(): Promise<CommandResult> {
    return await runCommand(process.execPath, ['scripts/bootstrap.mjs', 'hello.js'], {
      cwd: folder,
      env: {
        ...process.env,
        PATH: `${folder}/bin:${process.env.PATH}`,
        // npm's default cache would contain the original package.
        npm_config_cache: path.join(folder, 'cache'),
        npm_config_update_notifier: 'false',
      },
      timeoutMs,
    });
  }

  it('installs packages without running their scripts', async () => {
    await dependOnScripted();
    const { code, output } = await start();
    expect(code, output).toBe(0);
    expect(output).toContain('Hello');
    expect(existsSync(path.join(folder, 'node_modules/scripted/package.json'))).toBe(true);
    const left = Object.keys(scripted.scripts).filter((name) =>
      existsSync(path.join(folder, `${name}.ran`)),
    );
    expect(left).toEqual([]);
  });

  it('rejects a package that does not match the lock file', async () => {
    await dependOnScripted();
    await write('scripted/extra.js', 'anything');
    await npm('pack', './scripted');
    const { code, output } = await start();
    expect(code).toBe(1);
    expect(output).toMatch(/EINTEGRITY|integrity/);
    expect(output).toContain('Installing the dependencies failed');
    expect(output).not.toContain('Hello');
  });

  it.each([
    ['another version', { devDependencies: { some: '1.0.1' } }],
    ['an additional package', { devDependencies: { some: '1.0.0', other: '2.0.0' } }],
    ['a missing package', {}],
    ['a package in another section', { dependencies: { some: '1.0.0' } }],
  ])('does not start when package.json differs from the lock file by %s', async (_, manifest) => {
    await write('package.json', manifest);
    await write('package-lock.json', {
      packages: { '': { devDependencies: { some: '1.0.0' } } },
    });
    await fakeNpm('exit 0');
    const { code, output } = await start();
    expect(code).toBe(1);
    expect(output).toMatch(/^package-lock\.json does not match package\.json: (?:some|other) is /);
    expect(output).not.toContain('Hello');
    expect(await npmCalls()).toEqual([]);
  });

  it('says why npm failed and tries nothing else', async () => {
    await write('package.json', { devDependencies: { some: '1.0.0' } });
    await write('package-lock.json', {
      packages: {
        '': { devDependencies: { some: '1.0.0' } },
        'node_modules/some': { version: '1.0.0' },
      },
    });
    await fakeNpm(
      'echo "can only install packages when your package.json and lock are in sync" >&2; exit 1',
    );
    const { code, output } = await start();
    expect(code).toBe(1);
    expect(output).toContain('are in sync');
    expect(output).toContain('Installing the dependencies failed');
    expect(output).not.toContain('Hello');
    expect(await npmCalls()).toEqual([expect.stringMatching(/^ci --ignore-scripts /)]);
  });
});
