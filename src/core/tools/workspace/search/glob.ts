import { compilePathGlob, type PathMatcher } from '../../../base/pathGlob.ts';
import { visibleText } from '../../../base/text.ts';
import { ToolError } from '../../tool.ts';

/** Longest glob that is understood, in UTF-16 units. */
const maxGlobLength = 500;

/** Compiles a glob of a model or a setting. Throws a `ToolError` that says what is wrong with the glob. */
export function compileGlob(glob: string): PathMatcher {
  if (glob.length > maxGlobLength) throw new ToolError('The glob pattern is too long.');
  try {
    return compilePathGlob(glob);
  } catch (error) {
    const shown = JSON.stringify(visibleText(glob));
    throw new ToolError(`The glob pattern ${shown} is not understood.`, { cause: error });
  }
}
