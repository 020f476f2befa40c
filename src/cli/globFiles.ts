import * as path from 'node:path';
import { UserError } from '../core/base/errors.ts';
import type { PathMatcher } from '../core/base/pathGlob.ts';
import { compileGlob } from '../core/tools/workspace/search/glob.ts';
import { messageOf } from '../shared/thrown.ts';
import type { FoundFiles } from './foundFiles.ts';

const magic = /[*?[\]{}]/;

/** Whether an argument contains glob characters that the shell did not expand. */
export function hasGlob(argument: string): boolean {
  return magic.test(argument);
}

/**
 * The prompt files that match a glob pattern. `filesBelow` returns the prompt files of a folder. Throws a
 * `UserError` for an invalid pattern and for one without a match.
 */
export async function matchingFiles(
  pattern: string,
  filesBelow: (folder: string) => Promise<FoundFiles>,
): Promise<FoundFiles> {
  const names = splitPath(pattern);
  const first = names.findIndex((name) => magic.test(name));
  const folder = names.slice(0, first).join('/') || (pattern.startsWith('/') ? '/' : '.');
  const matches = matcherOf(pattern, names.slice(first).join('/'));
  const { files, leftOut } = await filesBelow(folder);
  const matching = files.filter((file) =>
    matches(splitPath(path.relative(folder, file.path)).join('/')),
  );
  if (matching.length === 0) {
    throw new UserError([...leftOut, `No prompt file matches ${pattern}.`].join('\n'));
  }
  return { files: matching, leftOut };
}

function matcherOf(pattern: string, glob: string): PathMatcher {
  try {
    return compileGlob(glob);
  } catch (error) {
    throw new UserError(
      `${pattern} does not exist and is not a valid pattern: ${messageOf(error)}`,
    );
  }
}

/** A backslash is a separator on Windows only; elsewhere it is part of a name. */
function splitPath(file: string): readonly string[] {
  return file.split(path.sep === '\\' ? /[\\/]/ : '/');
}
