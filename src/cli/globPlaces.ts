import * as path from 'node:path';
import { UserError } from '../core/base/errors.ts';
import type { PathMatcher } from '../core/base/pathGlob.ts';
import { compileGlob } from '../core/tools/workspace/search/glob.ts';
import { messageOf } from '../shared/thrown.ts';
import type { FoundFiles } from './foundFiles.ts';

const magic = /[*?[\]{}]/;

/** Whether a place is a pattern that the shell has left alone. */
export function hasGlob(place: string): boolean {
  return magic.test(place);
}

/**
 * The prompt files that a pattern fits. `filesBelow` gives those of a folder. Throws a `UserError` for a
 * pattern that is none or that fits nothing.
 */
export async function matchingFiles(
  place: string,
  filesBelow: (folder: string) => Promise<FoundFiles>,
): Promise<FoundFiles> {
  const names = splitPath(place);
  const first = names.findIndex((name) => magic.test(name));
  const folder = names.slice(0, first).join('/') || (place.startsWith('/') ? '/' : '.');
  const matches = matcherOf(place, names.slice(first).join('/'));
  const { files, leftOut } = await filesBelow(folder);
  const fitting = files.filter((file) =>
    matches(splitPath(path.relative(folder, file.path)).join('/')),
  );
  if (fitting.length === 0) {
    throw new UserError([...leftOut, `No prompt file fits ${place}.`].join('\n'));
  }
  return { files: fitting, leftOut };
}

function matcherOf(place: string, glob: string): PathMatcher {
  try {
    return compileGlob(glob);
  } catch (error) {
    throw new UserError(`${place} does not exist, and is no pattern: ${messageOf(error)}`);
  }
}

/** A backslash separates on Windows only; elsewhere it is part of a name. */
function splitPath(place: string): readonly string[] {
  return place.split(path.sep === '\\' ? /[\\/]/ : '/');
}
