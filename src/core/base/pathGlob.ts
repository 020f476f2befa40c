import picomatch from 'picomatch';
import { RE2JS } from 're2js';

/** Tells whether a path matches. */
export type PathMatcher = (path: string) => boolean;

/**
 * Look-aheads in picomatch's expressions and their replacements, because RE2 has none. Picomatch uses them so that
 * `*` does not match `.`, `..` and empty names. Workspace paths contain no such names.
 */
const lookAheads: readonly (readonly [found: string, instead: string])[] = [
  ['(?!(?:^|\\/)\\.{1,2}(?:\\/|$))', ''],
  ['(?!\\.{1,2}(?:\\/|$))', ''],
  ['|$)(?=.)', ')'],
  ['(?=.)', ''],
];

/**
 * Compiles a glob. Picomatch parses it and RE2 matches it: globs come from models and workspaces, and picomatch's
 * own matching takes exponential time for some of them. A slash at either end is ignored. Throws for an invalid
 * glob.
 */
export function compilePathGlob(glob: string): PathMatcher {
  const compiled = RE2JS.compile(expressionOf(glob), RE2JS.DOTALL);
  return (path) => compiled.test(path);
}

function expressionOf(glob: string): string {
  const bare = withCarets(glob.replace(/^(?:\.?\/)+/, '').replace(/\/$/, ''));
  let { source } = picomatch.makeRe(bare, { dot: true, noextglob: true, nonegate: true });
  // Picomatch returns this for an invalid pattern.
  if (source === '$^') throw new SyntaxError('Invalid glob');
  for (const [found, instead] of lookAheads) source = source.replaceAll(found, instead);
  return source;
}

/** Replaces the `!` that negates a class in shells with the `^` that picomatch expects. */
function withCarets(glob: string): string {
  return glob.replaceAll(/\\[\s\S]|\[!/g, (found) => (found === '[!' ? '[^' : found));
}
