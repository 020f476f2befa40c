/** What tells which prompt of today is which one of an earlier result. */
export interface Identity {
  readonly id: string;
  readonly name: string;
  /** What was sent, or would be. */
  readonly text: string;
}

/** A prompt of the earlier result. */
export interface EarlierPrompt extends Identity {
  /** Whether it is not done. */
  readonly isOpen: boolean;
}

/** How prompts of an earlier result and those there are now belong together. */
export interface PromptMatches<Now> {
  /** The same name and text, wherever it stands now. */
  readonly same: readonly (readonly [EarlierPrompt, Now])[];
  /** The same prompt with another text. */
  readonly changed: readonly (readonly [EarlierPrompt, Now])[];
  /** Several of one name, done and not, of which it cannot be told which is which. */
  readonly unclear: readonly EarlierPrompt[];
  /** No longer there. */
  readonly gone: readonly EarlierPrompt[];
}

/**
 * Matches by file, name and text, never by place alone: the number in an id shifts when one of several
 * prompts of a name is removed, and files of one name in two folders may have changed places. Where
 * what is left does not say which prompt is meant, nothing is guessed.
 */
export function matchPrompts<Now extends Identity>(
  earlier: readonly EarlierPrompt[],
  now: readonly Now[],
): PromptMatches<Now> {
  const byText = pairUp(earlier, now, textKey);
  const taken = new Set([...byText.pairs.map(([, match]) => match), ...byText.doubtful]);
  const rest = now.filter((prompt) => !taken.has(prompt));
  const byName = pairUp(byText.missing, rest, nameKey);
  return {
    same: byText.pairs,
    changed: byName.pairs,
    unclear: [...byText.unclear, ...byName.unclear],
    gone: byName.missing,
  };
}

interface Pairs<Now> {
  readonly pairs: readonly (readonly [EarlierPrompt, Now])[];
  readonly missing: readonly EarlierPrompt[];
  readonly unclear: readonly EarlierPrompt[];
  /** Those that are one of the unclear ones. */
  readonly doubtful: readonly Now[];
}

/** Pairs those of one key, in order, unless it matters and cannot be told which one is missing. */
function pairUp<Now extends Identity>(
  earlier: readonly EarlierPrompt[],
  now: readonly Now[],
  keyOf: (prompt: Identity) => string,
): Pairs<Now> {
  const candidates = Map.groupBy(now, keyOf);
  const groups = [...Map.groupBy(earlier, keyOf)].map(([key, olds]): Pairs<Now> => {
    const matches = candidates.get(key) ?? [];
    const isOneFate = olds.every(({ isOpen }) => isOpen === olds[0]?.isOpen);
    const isEqual = keyOf === textKey && matches.length >= olds.length;
    const isOnly = olds.length === 1 && matches.length === 1;
    if (matches.length > 0 && !isOneFate && !isEqual && !isOnly) {
      return { pairs: [], missing: [], unclear: olds, doubtful: matches };
    }
    const pairs = matches.slice(0, olds.length).flatMap((match, index) => {
      const old = olds[index];
      return old === undefined ? [] : [[old, match] as const];
    });
    return { pairs, missing: olds.slice(pairs.length), unclear: [], doubtful: [] };
  });
  return {
    pairs: groups.flatMap(({ pairs }) => pairs),
    missing: groups.flatMap(({ missing }) => missing),
    unclear: groups.flatMap(({ unclear }) => unclear),
    doubtful: groups.flatMap(({ doubtful }) => doubtful),
  };
}

function textKey({ id, name, text }: Identity): string {
  return JSON.stringify([fileOf(id), name, text]);
}

function nameKey({ id, name }: Identity): string {
  return JSON.stringify([fileOf(id), name]);
}

function fileOf(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf('#')));
}
