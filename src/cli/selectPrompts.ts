import { UserError } from '../core/base/errors.ts';
import { didYouMean } from '../core/prompts/nearMiss.ts';
import { slugOf } from '../core/prompts/slug.ts';
import type { CollectedPrompt } from './collectPrompts.ts';

/** Names that an error lists at most. */
const mostNames = 20;

/**
 * Leaves the prompts whose name, slug or id was asked for, those marked to be skipped included;
 * without names, all that are not marked so. Throws a `UserError` for a name that fits none.
 */
export function selectPrompts(
  prompts: readonly CollectedPrompt[],
  names: readonly string[] | undefined,
): readonly CollectedPrompt[] {
  if (names === undefined) return prompts.filter(({ skip }) => !skip);
  const missing = names.filter((name) => !prompts.some((prompt) => fits(prompt, name)));
  if (missing.length > 0) throw new UserError(missingMessage(missing, prompts));
  return prompts.filter((prompt) => names.some((name) => fits(prompt, name)));
}

function fits({ id, name }: CollectedPrompt, wanted: string): boolean {
  if (name === wanted || id === wanted) return true;
  const slug = id.slice(id.lastIndexOf('#') + 1);
  // A name without a letter or digit has no slug of its own.
  return slug === wanted || (/[\p{L}\p{N}]/u.test(wanted) && slug === slugOf(wanted));
}

function missingMessage(missing: readonly string[], prompts: readonly CollectedPrompt[]): string {
  const known = prompts.map(({ name }) => name);
  const lines = missing.map(
    (name) => `There is no prompt named "${name}".${didYouMean(name, known)}`,
  );
  const listed = known.slice(0, mostNames).map((name) => `"${name}"`);
  const rest = known.length - listed.length;
  const more = rest > 0 ? ` and ${rest} more; interleave list shows them all` : '';
  if (listed.length > 0) lines.push(`There are: ${listed.join(', ')}${more}.`);
  return [...lines, 'Nothing was sent.'].join('\n');
}
