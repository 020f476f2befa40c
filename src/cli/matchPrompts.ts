import { fileNameOf, parsePromptId } from '../shared/promptId.ts';

/** What prompts are matched by. */
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

/** Which prompt of an earlier result is which one now. */
export interface PromptMatches<Now> {
  /** The same name and text. */
  readonly same: readonly (readonly [EarlierPrompt, Now])[];
  /** The same name with another text. */
  readonly changed: readonly (readonly [EarlierPrompt, Now])[];
  /** Each may be any of several present prompts. */
  readonly unclear: readonly EarlierPrompt[];
  /** No longer there. */
  readonly gone: readonly EarlierPrompt[];
}

/**
 * Finds the prompts of an earlier result among the present ones, without guessing. Prompts match by file,
 * name and text, never by slug: the number in a slug shifts when an equal heading above it is removed.
 * A prompt with the same text may also be in another folder, in a file of the same name: the file was
 * moved, or the result comes from another current folder or from an earlier version, whose ids have no
 * folders.
 */
export function matchPrompts<Now extends Identity>(
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
  const isOfOtherFolder = ({ id }: Identity): boolean => {
    const { file } = parsePromptId(id);
    return !file.includes('/') && !files.has(file);
  };
  const byName = pairUp(inFileByName, ({ id, name }) => [nameOfFile(id), name], isOfOtherFolder);
  return {
    same: byText.pairs,
    changed: byName.pairs,
    unclear: byName.unclear,
    gone: byName.missing,
  };
}

/** The state of the matching after some of its steps. */
interface Pairs<Now> {
  readonly pairs: readonly (readonly [EarlierPrompt, Now])[];
  /** Earlier prompts that are not matched yet. */
  readonly missing: readonly EarlierPrompt[];
  readonly unclear: readonly EarlierPrompt[];
  /** Present prompts that may still be matched. */
  readonly left: readonly Now[];
}

/** Matches prompts with equal keys, in order, unless it matters which one is which. */
function pairUp<Now extends Identity>(
  before: Pairs<Now>,
  keyOf: (prompt: Identity) => readonly string[],
  isMeant: (prompt: EarlierPrompt) => boolean = () => true,
): Pairs<Now> {
  const key = (prompt: Identity): string => JSON.stringify(keyOf(prompt));
  const candidates = Map.groupBy(before.left, key);
  const pairs: (readonly [EarlierPrompt, Now])[] = [];
  const unclear: EarlierPrompt[] = [];
  const doubtful: Now[] = [];
  for (const [group, olds] of Map.groupBy(before.missing.filter(isMeant), key)) {
    const matches = candidates.get(group) ?? [];
    if (matches.length === 0) continue;
    if (isInterchangeable(olds, matches)) pairs.push(...inOrder(olds, matches));
    else {
      unclear.push(...olds);
      doubtful.push(...matches);
    }
  }
  const taken = new Set<Identity>([...pairs.flat(), ...unclear, ...doubtful]);
  return {
    pairs: [...before.pairs, ...pairs],
    missing: before.missing.filter((prompt) => !taken.has(prompt)),
    unclear: [...before.unclear, ...unclear],
    left: before.left.filter((prompt) => !taken.has(prompt)),
  };
}

function inOrder<Now>(olds: readonly EarlierPrompt[], matches: readonly Now[]) {
  return matches.slice(0, olds.length).flatMap((match, index) => {
    const old = olds[index];
    return old === undefined ? [] : [[old, match] as const];
  });
}

/** Whether any way of matching them would send the same texts. */
function isInterchangeable(olds: readonly EarlierPrompt[], matches: readonly Identity[]): boolean {
  const isOneFate = olds.every(({ isOpen }) => isOpen === olds[0]?.isOpen);
  if (isOneFate && matches.length <= olds.length) return true;
  const [first] = matches;
  const isOneFile = new Set(matches.map(({ id }) => parsePromptId(id).file)).size === 1;
  const isOneText = [...olds, ...matches].every(({ text }) => text === first?.text);
  return isOneFile && isOneText && matches.length >= olds.length;
}

function nameOfFile(id: string): string {
  return fileNameOf(parsePromptId(id));
}
