import { readFileSync } from 'node:fs';

/** Whether a process of a command is alive. One that has ended, and that nobody has waited for yet, is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
