import { type ChildProcess, spawn } from 'node:child_process';
import { launchOf } from './launch.ts';

/** How long a process may ignore SIGTERM before it is killed. */
const TERM_GRACE_MS = 3_000;

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Kills the whole process group after this time, in milliseconds. */
  readonly timeoutMs: number;
  /** `inherit` shows the output at once; `capture` (the default) returns it in the result. */
  readonly output?: 'inherit' | 'capture';
}

export interface CommandResult {
  /** Exit code; 1 when the command could not start, or was killed by a signal or the time limit. */
  readonly code: number;
  /** Standard output and error together; empty with `output: 'inherit'`. */
  readonly output: string;
  /** Readable reason when the command did not exit by itself. */
  readonly problem?: string;
}

/** Runs a command to its end. Never rejects: failing to start and timing out are results. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const child = spawnGroup(command, args, {
    ...options,
    output: options.output === 'inherit' ? 'inherit' : 'pipe',
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return await new Promise((resolve) => {
    let problem: string | undefined;
    const timer = setTimeout(() => {
      problem = `${command} was stopped: it ran longer than ${options.timeoutMs / 1000} s`;
      void stopGroup(child);
    }, options.timeoutMs);
    const settle = (code: number | null, reason?: string): void => {
      clearTimeout(timer);
      const why = problem ?? reason;
      resolve({ code: code ?? 1, output, ...(why === undefined ? {} : { problem: why }) });
    };
    child.on('error', (error) => settle(1, `Could not start ${command}: ${error.message}`));
    child.on('close', (code, signal) =>
      settle(
        problem === undefined ? code : 1,
        signal ? `${command} was killed by ${signal}` : undefined,
      ),
    );
  });
}

interface SpawnGroupOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly output: 'inherit' | 'pipe';
  /**
   * `pipe` opens a standard input for the child that closes when this process exits; default none.
   */
  readonly input?: 'ignore' | 'pipe';
}

/**
 * Starts a command as the leader of its own process group, so that everything it starts can be
 * stopped with it. The group also stops when this process exits for any reason.
 */
export function spawnGroup(
  command: string,
  args: readonly string[],
  options: SpawnGroupOptions,
): ChildProcess {
  const windows = process.platform === 'win32';
  const launch = launchOf(command, args);
  const child = spawn(launch.command, launch.args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? process.env,
    stdio: [options.input ?? 'ignore', options.output, options.output],
    detached: !windows,
    windowsVerbatimArguments: launch.windowsVerbatimArguments,
  });
  endWithThisProcess(child);
  return child;
}

/** Stops a process group: SIGTERM, then SIGKILL after a few seconds. */
export async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    signalGroup(child, 'SIGKILL');
    return;
  }
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), TERM_GRACE_MS);
  await exited;
  clearTimeout(timer);
  // The leader has exited. Kill members that ignored SIGTERM.
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) {
    return;
  }
  try {
    if (process.platform === 'win32') {
      child.kill(signal);
    } else {
      process.kill(-child.pid, signal);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

const ENDING_SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Groups to stop when this process exits. Signal handlers exist only while there are any. */
const running = new Set<ChildProcess>();

function endWithThisProcess(child: ChildProcess): void {
  if (running.size === 0) {
    process.on('exit', killAll);
    for (const signal of endingSignals()) {
      process.on(signal, stopAllAndExit);
    }
  }
  running.add(child);
  const forget = (): void => {
    running.delete(child);
    if (running.size === 0) {
      process.removeListener('exit', killAll);
      for (const signal of endingSignals()) {
        process.removeListener(signal, stopAllAndExit);
      }
    }
  };
  child.once('exit', forget);
  child.once('error', forget);
}

function endingSignals(): readonly (keyof typeof ENDING_SIGNALS)[] {
  return ['SIGHUP', 'SIGINT', 'SIGTERM'];
}

function killAll(): void {
  for (const child of running) {
    signalGroup(child, 'SIGKILL');
  }
}

function stopAllAndExit(signal: NodeJS.Signals): void {
  const code = 128 + (ENDING_SIGNALS[signal as keyof typeof ENDING_SIGNALS] ?? 0);
  void Promise.allSettled([...running].map(stopGroup)).then(() => process.exit(code));
}
