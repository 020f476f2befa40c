import { revealHidden } from '../../../../shared/visibleText.ts';
import { windowsProblem } from '../../../base/windowsNames.ts';
import type { RuleSystem } from '../ruleSystem.ts';

/** Where a path of a call points: names below the top of the workspace, or why it is nowhere in it. */
export type PlaceInWorkspace = { readonly names: readonly string[] } | { readonly problem: string };

/** Longest path that is looked at, in UTF-16 units. */
const maxLength = 4_096;

/** Reads a workspace path by its text alone: folds `.` and `..`, refuses what leaves or hides. */
export function placeOf(
  text: string,
  { hasWindowsNames }: Pick<RuleSystem, 'hasWindowsNames'>,
): PlaceInWorkspace {
  if (text.length > maxLength) return { problem: 'The path is too long.' };
  if (!text.isWellFormed() || /\p{Cc}/u.test(text) || revealHidden(text) !== text) {
    return { problem: 'The path has characters that are not seen.' };
  }
  if (text.startsWith('/') || (hasWindowsNames && /^(?:\\|[A-Za-z]:)/.test(text))) {
    return { problem: outside };
  }
  const names = folded(text.split('/'));
  if (names === undefined) return { problem: outside };
  const [problem] = hasWindowsNames ? names.flatMap((name) => windowsProblem(name) ?? []) : [];
  return problem === undefined ? { names } : { problem: `The path ${problem}` };
}

/** Names without `.`, `..` and empty ones; undefined when they lead above the top. */
function folded(parts: readonly string[]): readonly string[] | undefined {
  const names: string[] = [];
  for (const name of parts) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.pop() === undefined) return undefined;
  }
  return names;
}

const outside = 'The path leads out of the workspace.';

/** Names as the disk compares them. */
export function asCompared(text: string, { ignoresCase }: Pick<RuleSystem, 'ignoresCase'>): string {
  return ignoresCase ? text.normalize('NFC').toLowerCase() : text;
}
