import picomatch from 'picomatch';
import { RE2JS } from 're2js';

/** Tells whether a path matches. */
export type PathMatcher = (path: string) => boolean;

/**
 * What picomatch puts into its expressions to keep `*` off `.`, `..` and empty names, and what says
 * the same without look-ahead, which RE2 does not have: paths of a workspace have no such names, and
 * nothing follows the end of a path.
 */
const lookAheads: readonly (readonly [found: string, instead: string])[] = [
  ['(?!(?:^|\\/)\\.{1,2}(?:\\/|$))', ''],
  ['(?!\\.{1,2}(?:\\/|$))', ''],
  ['|$)(?=.)', ')'],
  ['(?=.)', ''],
];

/**
 * Compiles a glob. Picomatch reads it, RE2 does the matching: globs come from models and from
 * workspaces, and picomatch's own matching takes exponential time for some of them.
 * A slash at either end does not count. Throws for a glob that is not understood.
 */
export function compilePathGlob(glob: string): PathMatcher {
  const compiled = RE2JS.compile(expressionOf(glob), RE2JS.DOTALL);
  return (path) => compiled.test(path);
}

function expressionOf(glob: string): string {
  const bare = withCarets(glob.replace(/^(?:\.?\/)+/, '').replace(/\/$/, ''));
  let { source } = picomatch.makeRe(bare, { dot: true, noextglob: true, nonegate: true });
  // What picomatch returns for a pattern it cannot make sense of.
  if (source === '$^') throw new SyntaxError('Invalid glob');
  for (const [found, instead] of lookAheads) source = source.replaceAll(found, instead);
  return source;
}

/** Writes the `!` that negates a class in shells as the `^` that picomatch reads. */
function withCarets(glob: string): string {
  return glob.replaceAll(/\\[\s\S]|\[!/g, (found) => (found === '[!' ? '[^' : found));
}
