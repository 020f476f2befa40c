import { revealHidden } from '../../../../shared/visibleText.ts';
import { compilePathGlob, type PathMatcher } from '../../../base/pathGlob.ts';
import type { Reading } from '../reading.ts';
import type { Lead } from '../ruleCall.ts';
import type { RuleEffect, RuleSystem } from '../ruleSystem.ts';
import { asCompared, placeOf } from './workspaceForm.ts';

/** Files of the workspace that a rule is about. */
export interface PathSpecifier {
  readonly kind: 'path';
  /** As it was written. */
  readonly glob: string;
  /** For workspace paths as the disk compares them. */
  readonly matches: PathMatcher;
}

/** Longest glob, in UTF-16 units. */
const maxLength = 500;

/** More of them take long to compile. */
const maxWildcards = 12;

/**
 * Reads what stands in `write_file(…)`: a path in which `*`, `**` and `?` stand for names. It begins in the folder
 * `below`, a workspace path; at the top of the workspace when that is empty.
 */
export function readPathSpecifier(
  text: string,
  effect: RuleEffect,
  system: RuleSystem,
  below = '',
): Reading<PathSpecifier> {
  if (text.length > maxLength) return { problem: 'The path is too long.' };
  if (revealHidden(text) !== text) return { problem: 'The path has characters that are not seen.' };
  if (/[[\]{}()!+@\\|^$]/.test(text)) {
    return { problem: 'A path in a rule is made of names, "/", "*", "**" and "?".' };
  }
  const names = text.split('/');
  if (text.startsWith('/') || /^[A-Za-z]:|^~/.test(text)) {
    return {
      problem: 'A path in a rule begins at the top of the workspace, without "/" or a drive.',
    };
  }
  if (names.some((name) => name === '' || name === '.' || name === '..')) {
    return { problem: 'A path in a rule has no ".", ".." or empty names.' };
  }
  if (names.some((name) => name.includes('**') && name !== '**')) {
    return { problem: '"**" stands alone between two slashes or at the end: src/**.' };
  }
  if ((text.match(/\*+|\?/g)?.length ?? 0) > maxWildcards) {
    return { problem: `A path in a rule has at most ${maxWildcards} wildcards.` };
  }
  if (effect === 'allow' && /[*?]/.test(names[0] ?? '')) {
    return {
      problem:
        'A rule that allows begins with the name of a folder or file, not with a wildcard: src/**.',
    };
  }
  try {
    const matches = compilePathGlob(asCompared(text, system));
    return { value: { kind: 'path', glob: text, matches: matchBelow(below, matches, system) } };
  } catch {
    return { problem: 'The path is not understood. Use names, "/", "*", "**" and "?".' };
  }
}

/** The folder's name is taken literally: it may have characters that mean something in a glob. */
function matchBelow(folder: string, matches: PathMatcher, system: RuleSystem): PathMatcher {
  if (folder === '') return matches;
  const start = `${asCompared(folder, system)}/`;
  return (path) => path.startsWith(start) && matches(path.slice(start.length));
}

/** Whether an allow rule covers a path: by what it says, and by where it leads. */
export function coversPath(
  rule: PathSpecifier,
  text: string,
  leadsTo: Lead | undefined,
  system: RuleSystem,
): boolean {
  const texts = [text, ...(typeof leadsTo === 'object' ? [leadsTo.path] : [])];
  return leadsTo !== 'outside' && texts.every((one) => matchesPlace(rule, one, system));
}

/** Whether a rule that denies or asks is about a path: by what it says, or by where it leads. */
export function touchesPath(
  rule: PathSpecifier,
  text: string,
  leadsTo: Lead | undefined,
  system: RuleSystem,
): boolean {
  const texts = [text, ...(typeof leadsTo === 'object' ? [leadsTo.path] : [])];
  return texts.some((one) => matchesPlace(rule, one, system));
}

function matchesPlace(rule: PathSpecifier, text: string, system: RuleSystem): boolean {
  const place = placeOf(text, system);
  return 'names' in place && rule.matches(asCompared(place.names.join('/'), system));
}
