import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { CommandEnd, CommandRequest, CommandRunner } from './commandRunner.ts';

/** Milliseconds between asking a command to end and ending it. */
const graceMs = 2_000;
/** Milliseconds in which what a command printed must have arrived after it has ended. */
const drainMs = 1_000;

const isWindows = process.platform === 'win32';

/**
 * Runs a command line in a child process, without standard input. It ends with all processes that it started: those
 * that it leaves in the background, too.
 */
export const runInChild: CommandRunner = (request) => {
  const { promise, resolve, reject } = Promise.withResolvers<CommandEnd>();
  const child = start(request);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => request.onOutput(String(text)));
  }
  let forced: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    endTree(child, 'SIGTERM');
    forced = setTimeout(() => endTree(child, 'SIGKILL'), graceMs);
  };
  request.signal.addEventListener('abort', onAbort, { once: true });
  const settle = (act: () => void): void => {
    clearTimeout(forced);
    request.signal.removeEventListener('abort', onAbort);
    act();
  };
  child.once('error', (error) => settle(() => reject(error)));
  child.once('exit', (exitCode, endedBy) => {
    endTree(child, 'SIGKILL');
    const end = {
      ...(exitCode === null ? {} : { exitCode }),
      ...(endedBy === null ? {} : { endedBy }),
    };
    // A process that has left the group may hold the pipes open.
    const drained = setTimeout(() => settle(() => resolve(end)), drainMs);
    child.once('close', () => {
      clearTimeout(drained);
      settle(() => resolve(end));
    });
  });
  if (request.signal.aborted) onAbort();
  return promise.finally(() => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  });
};

/** Both streams share one pipe: what is read from two pipes has lost the order in which it was printed. */
const withOnePipe = 'exec /bin/sh -c -- "$1" 2>&1';

function start({ command, folder, environment }: CommandRequest): ChildProcess {
  const [program, args] = isWindows
    ? ['powershell.exe', ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', command]]
    : ['/bin/sh', ['-c', withOnePipe, 'sh', command]];
  return spawn(program as string, args as string[], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    // A process group of its own, which can be ended as a whole.
    detached: !isWindows,
  });
}

function endTree({ pid, exitCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  if (isWindows) {
    // Windows knows no groups, and children only of a process that is still there.
    if (exitCode === null)
      spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true }).once(
        'error',
        () => undefined,
      );
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group is gone.
  }
}
