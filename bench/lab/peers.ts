import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../scripts/root.ts';
import { bundlePrograms } from './bundle.ts';
import type { ContenderChoice } from './contenders.ts';

/** Their packages are no dependencies of the project; they have a lock file of their own. */
const folder = path.join(ROOT, 'bench/peers');
const modules = path.join(folder, 'node_modules');
/** Holds the hash of the lock file that was installed. */
const stamp = path.join(modules, '.lock-hash');

/** Installs the peers, and resolves to those that can run. Says in one line why another cannot. */
export async function usablePeers(
  peers: readonly ContenderChoice[],
): Promise<readonly ContenderChoice[]> {
  if (peers.length === 0) return [];
  const problem = await installPeers();
  if (problem !== undefined) {
    console.error(`The peers are left out, because they could not be installed: ${problem}`);
    return [];
  }
  const usable: ContenderChoice[] = [];
  for (const peer of peers) {
    try {
      await (await bundlePrograms([peer.program])).remove();
      usable.push(peer);
    } catch (error) {
      const [line] = String(error).split('\n');
      console.error(`${peer.name} is left out, because it could not be bundled: ${line}`);
    }
  }
  return usable;
}

/**
 * Installs exactly the packages of the lock file, without running their scripts, unless they are
 * there. Resolves to why that failed.
 */
async function installPeers(): Promise<string | undefined> {
  const lock = await readFile(path.join(folder, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === hash) return undefined;
  console.error('Installing the peers (npm ci in bench/peers) …');
  const problem = await npmCi();
  if (problem === undefined) await writeFile(stamp, hash);
  return problem;
}

function npmCi(): Promise<string | undefined> {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  return new Promise((resolve) => {
    const npm = spawn('npm', args, {
      cwd: folder,
      shell: process.platform === 'win32',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    npm.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    npm.once('error', (error) => resolve(error.message));
    npm.once('close', (code) => resolve(code === 0 ? undefined : lastLine(errors)));
  });
}

function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => /\berror\b/i.test(line));
  return lines[0]?.trim() ?? 'npm ci failed';
}
