import { UserError } from '../core/base/errors.ts';
import { didYouMean } from '../core/prompts/nearMiss.ts';
import { slugOf } from '../core/prompts/slug.ts';
import { endsWithPromptId, parsePromptId } from '../shared/promptId.ts';
import type { CollectedPrompt } from './collectPrompts.ts';

/** Names that an error lists at most. */
const mostNames = 20;

/**
 * Leaves the prompts whose name, slug or id was asked for, those marked to be skipped included;
 * without names, all that are not marked so. Of an id's folders, those at its start may be left out.
 * Throws a `UserError` for a name that fits none, and for the end of an id that fits several.
 */
export function selectPrompts(
  prompts: readonly CollectedPrompt[],
  names: readonly string[] | undefined,
): readonly CollectedPrompt[] {
  if (names === undefined) return prompts.filter(({ skip }) => !skip);
  const found = names.map((name) => fitting(prompts, name));
  const missing = names.filter((_, index) => found[index]?.length === 0);
  if (missing.length > 0) throw new UserError(missingMessage(missing, prompts));
  const chosen = new Set(found.flat());
  return prompts.filter((prompt) => chosen.has(prompt));
}

/** The prompts that a name, a slug or an id means. */
function fitting(prompts: readonly CollectedPrompt[], wanted: string): readonly CollectedPrompt[] {
  const exact = prompts.filter((prompt) => fits(prompt, wanted));
  if (exact.length > 0) return exact;
  const wantedId = parsePromptId(wanted);
  const ending = prompts.filter(({ id }) => endsWithPromptId(parsePromptId(id), wantedId));
  if (ending.length <= 1) return ending;
  const ids = ending.map(({ id }) => id).join(', ');
  throw new UserError(
    `"${wanted}" fits several prompts: ${ids}. Give the whole id.\nNothing was sent.`,
  );
}

function fits({ id, name }: CollectedPrompt, wanted: string): boolean {
  if (name === wanted || id === wanted) return true;
  const { slug } = parsePromptId(id);
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
