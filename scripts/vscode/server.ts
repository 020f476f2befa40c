import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawnGroup, stopGroup } from '../childProcess.ts';
import { ROOT } from '../root.ts';
import { PROFILE_VARIABLE } from './profileVariable.ts';

const START_TIMEOUT_MS = 60_000;
const READY = /Extension host agent listening on (\d+)/;

export interface ServerOptions {
  /** The folder from `provisionServer`. */
  readonly server: string;
  /** Whether to trust every folder; otherwise folders open in Restricted Mode. */
  readonly trusted: boolean;
  /** User settings. Those of scope `machine` are set as machine settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The token a page's address must have; without one, everyone on this machine has access. */
  readonly token?: string;
  /** The port to listen on; by default any free port. */
  readonly port?: number;
  /**
   * Whether the server loads a development extension from a page's address (default true). If
   * false, the window is like a user's.
   */
  readonly testDriver?: boolean;
  /** Folders of extensions to install. */
  readonly extensions?: readonly string[];
  /** Environment variables to add for the server and the extension host. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A running VS Code server with its own profile. */
export interface VscodeServer {
  /** `127.0.0.1:port`: also the authority of its `vscode-remote` addresses. */
  readonly authority: string;
  /** The server's process; the extension hosts are its children. */
  readonly pid: number;
  /** The profile folder with all log files. Deleted when the server stops. */
  readonly profile: string;
  /** The server's output so far. */
  output(): string;
  /**
   * Replaces the machine settings of earlier calls. An open window applies them at once, and they
   * override user settings. `application`-scoped settings have no effect here.
   */
  overrideSettings(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** Resolves when the server has exited for any reason. */
  readonly ended: Promise<void>;
  /** Stops the server with all its processes and deletes its profile. */
  stop(): Promise<void>;
}

/**
 * Starts VS Code's own server on loopback and waits until it listens.
 *
 * @throws Error with the server's output when it exits or is silent for a minute.
 */
export async function startServer(options: ServerOptions): Promise<VscodeServer> {
  const profile = await mkdtemp(path.join(tmpdir(), 'interleave-vscode-'));
  await writeSettings(profile, 'User', options.settings ?? {});
  const ofMachine = await machineScoped(options.settings ?? {});
  await writeSettings(profile, 'Machine', ofMachine);
  for (const folder of options.extensions ?? []) await install(folder, profile);
  const child = spawnGroup(process.execPath, serverArguments(options, profile), {
    env: { ...withoutEditor(process.env), ...options.env, [PROFILE_VARIABLE]: profile },
    input: 'pipe',
    output: 'pipe',
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let output = '';
  const collect = (text: string): void => {
    output += text;
  };
  child.stdout?.setEncoding('utf8').on('data', collect);
  child.stderr?.setEncoding('utf8').on('data', collect);
  const removeNow = (): void => rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', removeNow);
  const stop = async (): Promise<void> => {
    await stopGroup(child);
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    process.removeListener('exit', removeNow);
  };
  try {
    const port = await listening(child, () => output);
    return {
      authority: `127.0.0.1:${port}`,
      pid: child.pid ?? 0,
      profile,
      output: () => output,
      ended,
      overrideSettings: async (settings) =>
        await writeSettings(profile, 'Machine', { ...ofMachine, ...settings }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function serverArguments(options: ServerOptions, profile: string): readonly string[] {
  return [
    '--import',
    new URL('./endWithParent.ts', import.meta.url).href,
    '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
    path.join(options.server, 'out/server-main.js'),
    ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
    ...(options.token === undefined
      ? ['--without-connection-token']
      : ['--connection-token', options.token]),
    // A built VS Code loads a development extension from the page's address only with this flag.
    ...(options.testDriver === false ? [] : ['--enable-smoke-test-driver']),
    '--accept-server-license-terms',
    ...['--telemetry-level', 'off'],
    ...['--server-data-dir', profile, '--extensions-dir', path.join(profile, 'extensions')],
    ...(options.trusted ? ['--disable-workspace-trust'] : []),
  ];
}

/** Copies an extension to the server's folder of installed extensions. */
async function install(folder: string, profile: string): Promise<void> {
  const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const { publisher, name, version } = manifest as Record<string, string>;
  const target = path.join(profile, 'extensions', `${publisher}.${name}-${version}`);
  await cp(folder, target, { recursive: true });
}

/** The extension's settings that a server's window reads only from the server's machine. */
async function machineScoped(
  settings: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const manifest = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
  const groups: readonly { readonly properties: Record<string, { readonly scope: string }> }[] =
    manifest.contributes.configuration;
  const scopes = Object.assign({}, ...groups.map(({ properties }) => properties));
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => scopes[name]?.scope === 'machine'),
  );
}

async function writeSettings(
  profile: string,
  whose: 'User' | 'Machine',
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const folder = path.join(profile, 'data', whose);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'settings.json'), JSON.stringify(settings, null, 2));
}

/** A terminal inside VS Code has that window's environment variables. Remove them. */
function withoutEditor(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_|ELECTRON_|NODE_OPTIONS$|npm_)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}

async function listening(child: ChildProcess, output: () => string): Promise<number> {
  return await new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new Error(`VS Code's server ${why}.\n${output()}`));
    };
    const timer = setTimeout(() => fail('was not ready in time'), START_TIMEOUT_MS);
    child.once('error', (error) => fail(`could not start: ${error.message}`));
    child.once('exit', () => fail('exited before it was ready'));
    child.stdout?.on('data', () => {
      const port = READY.exec(output())?.[1];
      if (port !== undefined) {
        clearTimeout(timer);
        resolve(Number(port));
      }
    });
  });
}
