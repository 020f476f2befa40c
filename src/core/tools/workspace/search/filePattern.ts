import type { PathMatcher } from '../../../base/pathGlob.ts';
import { compileGlob } from './glob.ts';

/** Tells whether a file is meant, by its workspace path and its path relative to where one looks. */
export type FileFilter = (workspacePath: string, relativePath: string) => boolean;

/**
 * The filter a `pattern` asks for: without a slash it is matched against the file's name, else
 * against either path, for models write both. No pattern means every file.
 */
export function createFileFilter(pattern: string | undefined): FileFilter {
  if (pattern === undefined) return () => true;
  const matches: PathMatcher = compileGlob(pattern);
  if (!pattern.includes('/')) {
    return (workspacePath) => matches(workspacePath.slice(workspacePath.lastIndexOf('/') + 1));
  }
  return (workspacePath, relativePath) => matches(relativePath) || matches(workspacePath);
}

/** A path below a start, relative to it. */
export function relativeTo(start: string, workspacePath: string): string {
  return start === '' ? workspacePath : workspacePath.slice(start.length + 1);
}
