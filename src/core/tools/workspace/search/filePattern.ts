import type { PathMatcher } from '../../../base/pathGlob.ts';
import { compileGlob } from './glob.ts';

/** Whether a file matches, by its workspace path and its path relative to the start of the walk. */
export type FileFilter = (workspacePath: string, relativePath: string) => boolean;

/**
 * The filter for a `pattern`. A pattern without a slash is matched against file names, any other against both
 * paths, because models write either. Without a pattern, every file matches.
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
