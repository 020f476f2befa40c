import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const TIMEOUT_MS = 10_000;
const LINE = /^\s*(\d+)\s+(\d+)\s+(.*)$/;

/** Process ids of a VS Code server's running extension hosts. */
export async function extensionHostsOf(server: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], {
    timeout: TIMEOUT_MS,
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command] = LINE.exec(line) ?? [];
    // A zombie (`<defunct>`) has no arguments.
    if (pid === undefined || command === undefined || Number(parent) !== server) return [];
    const isHost = command.includes('--type=extensionHost');
    return isHost ? [Number(pid)] : [];
  });
}
