import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { runCommand } from '../childProcess.ts';
import type { Report } from '../report.ts';

const APT_TIMEOUT_MS = 10 * 60_000;

/** Whether this is Debian and this user may install packages. Ubuntu's Chromium is a snap. */
export async function canUseApt(): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return false;
  }
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID="?debian"?$/m.test(release);
}

/**
 * Installs Debian packages without recommended ones.
 *
 * @throws Error with the end of apt's output.
 */
export async function aptInstall(packages: readonly string[], report: Report): Promise<void> {
  report(`Installing ${packages.join(', ')} with apt-get …`);
  // Wait for the lock of another installation instead of failing.
  const apt = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=2'];
  for (const args of [
    ['update', ...apt],
    ['install', ...apt, '--no-install-recommends', ...packages],
  ]) {
    const result = await runCommand('apt-get', args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeoutMs: APT_TIMEOUT_MS,
    });
    if (result.code !== 0) {
      const tail = result.output.trimEnd().split('\n').slice(-15).join('\n');
      throw new Error(`apt-get ${args[0]} failed. ${result.problem ?? ''}\n${tail}`);
    }
  }
}
