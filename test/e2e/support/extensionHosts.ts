import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const TIMEOUT_MS = 10_000;
const LINE = /^\s*(\d+)\s+(\d+)\s+(.*)$/;

/** Process ids of the extension hosts that a VS Code server has started and that are alive. */
export async function extensionHostsOf(server: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], {
    timeout: TIMEOUT_MS,
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command] = LINE.exec(line) ?? [];
    // One that has ended and is still listed (`<defunct>`) has no arguments any more.
    if (pid === undefined || command === undefined || Number(parent) !== server) return [];
    const isHost = command.includes('--type=extensionHost');
    return isHost ? [Number(pid)] : [];
  });
}
