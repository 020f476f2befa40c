import { lstatSync, mkdirSync } from 'node:fs';
import nodeModule from 'node:module';
import type { Environment } from './environment.ts';
import { cacheFolder } from './userFolders.ts';

/**
 * Lets Node keep the compiled form of the program's files in a folder of the user, which halves the time of every
 * later start. What is in that folder runs as part of the program, so a folder that others can write to is not
 * used. Without one, the program only starts more slowly.
 */
export function useCompileCache(environment: Environment): void {
  const folder = cacheFolder(environment);
  if (isOwn(folder)) nodeModule.enableCompileCache(folder);
}

/** Creates the folder if necessary. Whether nobody but its owner, this user, can write to it. */
function isOwn(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    if (!found.isDirectory()) return false;
    // Windows knows neither owner nor mode here, and the folder is in the user's own profile.
    if (process.getuid === undefined) return true;
    return found.uid === process.getuid() && (found.mode & 0o022) === 0;
  } catch {
    return false;
  }
}
