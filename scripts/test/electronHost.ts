import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { spawnGroup, stopGroup } from '../childProcess.ts';
import { cacheFolder } from '../vscode/cache.ts';
import { type HostOptions, lastLines, type TestHost } from './host.ts';

/** A download without any data for this long has failed. */
const DOWNLOAD_IDLE_MS = 30_000;

/**
 * The path of a desktop VS Code: `INTERLEAVE_VSCODE`, else the latest stable release, which is
 * downloaded to the cache folder on first use.
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

/** Runs the tests in a desktop VS Code with its own profile. */
export async function startElectronHost(
  executable: string,
  options: HostOptions,
): Promise<TestHost> {
  const profile = await mkdtemp(path.join(tmpdir(), 'interleave-desktop-'));
  // In its own process group, so that a VS Code that hangs can be stopped with all its children.
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
      child.once('error', (error) => resolve(`Could not start VS Code: ${error.message}`));
      child.once('exit', (code, signal) => resolve(`VS Code ended (${signal ?? `code ${code}`}).`));
    }),
    diagnosis: () => lastLines(lines).join('\n'),
    stop: async () => {
      await stopGroup(child);
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** `runTests` adds the arguments that suppress updates, welcome pages and trust questions. */
function launchArguments(workspace: string, profile: string): readonly string[] {
  return [
    workspace,
    `--user-data-dir=${path.join(profile, 'user-data')}`,
    `--extensions-dir=${path.join(profile, 'extensions')}`,
    '--disable-telemetry',
    // Secrets go to a file in the profile, without asking for the keyring's password.
    '--password-store=basic',
  ];
}
