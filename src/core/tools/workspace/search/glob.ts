import { compilePathGlob, type PathMatcher } from '../../../base/pathGlob.ts';
import { visibleText } from '../../../base/text.ts';
import { ToolError } from '../../tool.ts';

/** Max length of a glob, in UTF-16 units. */
const maxGlobLength = 500;

/** Compiles a glob from a model or a setting. Throws a `ToolError` for an invalid glob. */
export function compileGlob(glob: string): PathMatcher {
  if (glob.length > maxGlobLength) throw new ToolError('The glob pattern is too long.');
  try {
    return compilePathGlob(glob);
  } catch (error) {
    const shown = JSON.stringify(visibleText(glob));
    throw new ToolError(`The glob pattern ${shown} is not understood.`, { cause: error });
  }
}
