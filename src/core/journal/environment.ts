import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import type { FileSystem } from '../base/fileSystem.ts';
import { nodeFs } from '../base/fileSystem.ts';
import { isProcessAlive } from '../base/isProcessAlive.ts';

/** Identifies a process, so that another one can see whether it is still running. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly hostName: string;
  /** Differs between two starts of the machine; empty where it is unknown. */
  readonly boot: string;
  /** Process ids are comparable only within the same space: containers have their own. Empty where unknown. */
  readonly pidSpace: string;
}

/** What journals need of the machine. Tests have their own. */
export interface JournalEnvironment {
  readonly fs: FileSystem;
  readonly clock: Clock;
  /** The time of day, in ms since 1970; it may jump. */
  readonly wallTime: () => number;
  readonly identity: ProcessIdentity;
  /** Whether a process of the same machine and space is running. */
  readonly isAlive: (pid: number) => boolean;
}

/** The environment of this process. */
export async function nodeEnvironment(clock: Clock = systemClock): Promise<JournalEnvironment> {
  const boot = await orEmpty(() => readFile('/proc/sys/kernel/random/boot_id', 'utf8'));
  const pidSpace = await orEmpty(() => readlink('/proc/self/ns/pid'));
  return {
    fs: nodeFs,
    clock,
    wallTime: () => Date.now(),
    identity: { pid: process.pid, hostName: hostname(), boot: boot.trim(), pidSpace },
    isAlive: isProcessAlive,
  };
}

/** These files exist on Linux only. Without them, a silent lock is watched before it is taken. */
async function orEmpty(read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch {
    return '';
  }
}
