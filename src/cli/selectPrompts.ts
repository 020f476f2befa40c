import { UserError } from '../core/base/errors.ts';
import { didYouMean } from '../core/base/nearMiss.ts';
import { slugOf } from '../core/prompts/slug.ts';
import { endsWithPromptId, parsePromptId } from '../shared/promptId.ts';
import type { CollectedPrompt } from './collectPrompts.ts';

/** Maximum of names that an error lists. */
const maxNames = 20;

/**
 * The prompts with one of these names, slugs or ids, even if they are marked to be skipped. Without names,
 * all that are not marked so. An id may lack folders at its start. Throws a `UserError` for a name that
 * fits no prompt, and for a shortened id that fits several.
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

/** The prompts with this name, slug or id. */
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
  const listed = known.slice(0, maxNames).map((name) => `"${name}"`);
  const rest = known.length - listed.length;
  const more = rest > 0 ? ` and ${rest} more; interleave list shows them all` : '';
  if (listed.length > 0) lines.push(`There are: ${listed.join(', ')}${more}.`);
  return [...lines, 'Nothing was sent.'].join('\n');
}
