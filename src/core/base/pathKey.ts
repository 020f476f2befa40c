import * as path from 'node:path';

/** A key that is equal for two spellings of the same path. Windows ignores case, also of drive letters. */
export function pathKey(
  file: string,
  flavour: Pick<typeof path, 'resolve' | 'sep'> = path,
): string {
  const whole = flavour.resolve(file);
  return flavour.sep === '\\' ? whole.toLowerCase() : whole;
}

/**
 * Whether a folder's path is a URI, because the folder is not on a disk of this machine: with an authority
 * (`vscode-vfs://github/o/r`) or without (`memfs:/r`). The drive of a Windows path is a single letter.
 */
export function isFolderUri(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\//i.test(path);
}

/** The last part of a path or URI, as a person reads it. */
export function nameInPath(file: string): string {
  if (!isFolderUri(file)) return path.basename(file);
  const name = path.posix.basename(file);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** A key that is equal for two paths or URIs of the same folder. */
export function folderKey(path: string, flavour?: Parameters<typeof pathKey>[1]): string {
  return isFolderUri(path) ? path.replace(/\/+$/, '') : pathKey(path, flavour);
}
