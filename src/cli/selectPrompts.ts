import { UserError } from '../core/base/errors.ts';
import { didYouMean } from '../core/base/nearMiss.ts';
import { slugOf } from '../core/prompts/slug.ts';
import type { PromptId } from '../shared/promptId.ts';
import { endsWithPromptId, formatPromptId, parsePromptId } from '../shared/promptId.ts';
import type { CollectedPrompt } from './collectPrompts.ts';

/** Maximum number of names in an error message. */
const maxNames = 20;

/**
 * The prompts with these names, slugs or ids, also those with `skip`. Without names, all prompts without
 * `skip`. An id may leave out folders at its start. Throws a `UserError` for a name that matches no prompt,
 * and for a shortened id that matches several.
 */
export function selectPrompts(
  prompts: readonly CollectedPrompt[],
  names: readonly string[] | undefined,
): readonly CollectedPrompt[] {
  if (names === undefined) return prompts.filter(({ skip }) => !skip);
  const found = names.map((name) => matching(prompts, name));
  const missing = names.filter((_, index) => found[index]?.length === 0);
  if (missing.length > 0) throw new UserError(missingMessage(missing, prompts));
  const chosen = new Set(found.flat());
  return prompts.filter((prompt) => chosen.has(prompt));
}

/** The prompts with this name, slug or id. */
function matching(prompts: readonly CollectedPrompt[], wanted: string): readonly CollectedPrompt[] {
  const exact = prompts.filter((prompt) => matches(prompt, wanted));
  if (exact.length > 0) return exact;
  const wantedId = parsePromptId(wanted);
  const isWhole = wantedId.row !== undefined || wantedId.model !== undefined;
  const idOf = ({ id }: CollectedPrompt): PromptId => {
    const { file, slug, ...rest } = parsePromptId(id);
    return isWhole || wantedId.repeat !== undefined ? { file, slug, ...rest } : { file, slug };
  };
  const ending = prompts.filter((prompt) => endsWithPromptId(idOf(prompt), wantedId));
  // The rows of one prompt are chosen together.
  if (new Set(ending.map((prompt) => formatPromptId(idOf(prompt)))).size <= 1) return ending;
  const ids = ending.map(({ id }) => id).join(', ');
  throw new UserError(
    `"${wanted}" matches several prompts: ${ids}. Give the whole id.\nNothing was sent.`,
  );
}

function matches({ id, name }: CollectedPrompt, wanted: string): boolean {
  if (name === wanted || id === wanted) return true;
  const { slug } = parsePromptId(id);
  // A name without a letter or digit has a generic slug, which must not match.
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
  if (listed.length > 0) lines.push(`The prompts are: ${listed.join(', ')}${more}.`);
  return [...lines, 'Nothing was sent.'].join('\n');
}
