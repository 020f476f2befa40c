import { fileNameOf, parsePromptId } from '../shared/promptId.ts';

/** The fields that prompts are matched by. */
export interface PromptIdentity {
  readonly id: string;
  readonly name: string;
  /** The text of the prompt. */
  readonly text: string;
}

/** A prompt of the earlier result. */
export interface EarlierPrompt extends PromptIdentity {
  /** Whether it is not done. */
  readonly isOpen: boolean;
}

/** Which prompts of an earlier result correspond to which current ones. */
export interface PromptMatches<Now> {
  /** The same name and text. */
  readonly same: readonly (readonly [EarlierPrompt, Now])[];
  /** The same name, another text. */
  readonly changed: readonly (readonly [EarlierPrompt, Now])[];
  /** Earlier prompts that match several current ones. */
  readonly unclear: readonly EarlierPrompt[];
  /** Earlier prompts without a match. */
  readonly gone: readonly EarlierPrompt[];
}

/**
 * Finds the prompts of an earlier result among the current ones, without guessing. Prompts match by file,
 * name and text, never by slug: the number in a slug changes when an equal heading above it is removed.
 *
 * A prompt also matches one with the same text in a file of the same name in another folder. This happens
 * when the file was moved, when the result was written from another current folder, and with results of
 * earlier versions, whose ids have no folders.
 */
export function matchPrompts<Now extends PromptIdentity>(
  earlier: readonly EarlierPrompt[],
  now: readonly Now[],
): PromptMatches<Now> {
  const none: Pairs<Now> = { pairs: [], missing: earlier, unclear: [], left: now };
  const inFile = pairUp(none, ({ id, name, text }) => [parsePromptId(id).file, name, text]);
  const byText = pairUp(inFile, ({ id, name, text }) => [nameOfFile(id), name, text]);
  const inFileByName = pairUp({ ...byText, pairs: [] }, ({ id, name }) => [
    parsePromptId(id).file,
    name,
  ]);
  const files = new Set(now.map(({ id }) => parsePromptId(id).file));
  const hasNoFolder = ({ id }: PromptIdentity): boolean => {
    const { file } = parsePromptId(id);
    return !file.includes('/') && !files.has(file);
  };
  const byName = pairUp(inFileByName, ({ id, name }) => [nameOfFile(id), name], hasNoFolder);
  return {
    same: byText.pairs,
    changed: byName.pairs,
    unclear: byName.unclear,
    gone: byName.missing,
  };
}

/** The state between two steps of the matching. */
interface Pairs<Now> {
  readonly pairs: readonly (readonly [EarlierPrompt, Now])[];
  /** Earlier prompts without a match so far. */
  readonly missing: readonly EarlierPrompt[];
  readonly unclear: readonly EarlierPrompt[];
  /** Current prompts without a match so far. */
  readonly left: readonly Now[];
}

/**
 * Matches the prompts with equal keys, in order. Those for which it matters which one is which become
 * unclear. `includes` limits the step to some of the earlier prompts.
 */
function pairUp<Now extends PromptIdentity>(
  before: Pairs<Now>,
  keyOf: (prompt: PromptIdentity) => readonly string[],
  includes: (prompt: EarlierPrompt) => boolean = () => true,
): Pairs<Now> {
  const key = (prompt: PromptIdentity): string => JSON.stringify(keyOf(prompt));
  const candidates = Map.groupBy(before.left, key);
  const pairs: (readonly [EarlierPrompt, Now])[] = [];
  const unclear: EarlierPrompt[] = [];
  const doubtful: Now[] = [];
  for (const [group, earlier] of Map.groupBy(before.missing.filter(includes), key)) {
    const matches = candidates.get(group) ?? [];
    if (matches.length === 0) continue;
    if (areInterchangeable(earlier, matches)) pairs.push(...inOrder(earlier, matches));
    else {
      unclear.push(...earlier);
      doubtful.push(...matches);
    }
  }
  const taken = new Set<PromptIdentity>([...pairs.flat(), ...unclear, ...doubtful]);
  return {
    pairs: [...before.pairs, ...pairs],
    missing: before.missing.filter((prompt) => !taken.has(prompt)),
    unclear: [...before.unclear, ...unclear],
    left: before.left.filter((prompt) => !taken.has(prompt)),
  };
}

function inOrder<Now>(earlier: readonly EarlierPrompt[], matches: readonly Now[]) {
  return matches.slice(0, earlier.length).flatMap((match, index) => {
    const old = earlier[index];
    return old === undefined ? [] : [[old, match] as const];
  });
}

/** Whether the rerun sends the same texts, however the prompts are matched. */
function areInterchangeable(
  earlier: readonly EarlierPrompt[],
  matches: readonly PromptIdentity[],
): boolean {
  const isSameStatus = earlier.every(({ isOpen }) => isOpen === earlier[0]?.isOpen);
  if (isSameStatus && matches.length <= earlier.length) return true;
  const [first] = matches;
  const isSameFile = new Set(matches.map(({ id }) => parsePromptId(id).file)).size === 1;
  const isSameText = [...earlier, ...matches].every(({ text }) => text === first?.text);
  return isSameFile && isSameText && matches.length >= earlier.length;
}

function nameOfFile(id: string): string {
  return fileNameOf(parsePromptId(id));
}
