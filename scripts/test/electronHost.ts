import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { spawnGroup, stopGroup } from '../childProcess.ts';
import { cacheFolder } from '../vscode/cache.ts';
import { type HostOptions, lastLines, type TestHost } from './host.ts';

/** Without any data for this long, a download has failed. */
const DOWNLOAD_IDLE_MS = 30_000;

/**
 * The path of a desktop VS Code: the one named by `INTERLEAVE_VSCODE`, else the latest stable
 * release, downloaded into the cache folder on first use.
 */
export async function provisionDesktop(): Promise<string> {
  return (
    process.env.INTERLEAVE_VSCODE ||
    (await downloadAndUnzipVSCode({
      cachePath: path.join(cacheFolder(), 'vscode-desktop'),
      timeout: DOWNLOAD_IDLE_MS,
    }))
  );
}

/** Runs the tests in a desktop VS Code with a profile of its own. */
export async function startElectronHost(
  executable: string,
  options: HostOptions,
): Promise<TestHost> {
  const profile = await mkdtemp(path.join(tmpdir(), 'interleave-desktop-'));
  // A process of its own, so that a VS Code that hangs can be ended with everything it started.
  const child = spawnGroup(
    process.execPath,
    [
      '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
      fileURLToPath(new URL('./electronMain.ts', import.meta.url)),
      JSON.stringify({
        vscodeExecutablePath: executable,
        extensionDevelopmentPath: [options.extension, ...(options.companions ?? [])],
        extensionTestsPath: options.tests,
        extensionTestsEnv: options.env,
        launchArgs: launchArguments(options.workspace, profile),
      }),
    ],
    { output: 'pipe' },
  );
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) {
      createInterface({ input: stream }).on('line', (line) => lines.push(line));
    }
  }
  return {
    ended: new Promise((resolve) => {
      child.once('error', (error) => resolve(`VS Code could not be started: ${error.message}`));
      child.once('exit', (code, signal) => resolve(`VS Code ended (${signal ?? `code ${code}`}).`));
    }),
    diagnosis: () => lastLines(lines).join('\n'),
    stop: async () => {
      await stopGroup(child);
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** `runTests` adds what keeps updates, welcome pages and trust questions away. */
function launchArguments(workspace: string, profile: string): readonly string[] {
  return [
    workspace,
    `--user-data-dir=${path.join(profile, 'user-data')}`,
    `--extensions-dir=${path.join(profile, 'extensions')}`,
    '--disable-telemetry',
    // Secrets go into a file of the profile: no keyring is asked for a password.
    '--password-store=basic',
  ];
}
