import { homedir } from 'node:os';
import * as path from 'node:path';
import type { Environment } from './environment.ts';

/** The folder of all saved runs, in the user's folder for application state. */
export function runsFolder(environment: Environment): string {
  const named = environment.XDG_STATE_HOME || environment.LOCALAPPDATA;
  return path.join(named || path.join(homedir(), '.local', 'state'), 'interleave', 'runs');
}

/** The folder for what may be deleted at any time, in the user's folder for caches. */
export function cacheFolder(environment: Environment): string {
  const named = environment.XDG_CACHE_HOME || environment.LOCALAPPDATA;
  return path.join(named || path.join(homedir(), '.cache'), 'interleave', 'cache');
}
