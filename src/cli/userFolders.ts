import { homedir } from 'node:os';
import * as path from 'node:path';
import { crc32 } from 'node:zlib';
import type { Environment } from './environment.ts';

/** The folder of all saved runs, in the user's folder for application state. */
export function runsFolder(environment: Environment): string {
  const named = environment.XDG_STATE_HOME || environment.LOCALAPPDATA;
  return path.join(named || path.join(homedir(), '.local', 'state'), 'interleave', 'runs');
}

/**
 * The folder for the compiled code of a command, in the user's folder for caches. Each command has its own, because
 * each runs other parts of the program.
 */
export function compiledFolder(
  environment: Environment,
  programFolder: string,
  command: string | undefined,
): string {
  const named = environment.XDG_CACHE_HOME || environment.LOCALAPPDATA;
  const caches = path.join(named || path.join(homedir(), '.cache'), 'interleave', 'compiled');
  const version = `${process.version}-${process.arch}`;
  const name = /^[a-z]{1,10}$/.exec(command ?? '')?.[0] ?? 'none';
  return path.join(caches, version, crc32(programFolder).toString(16), name);
}
