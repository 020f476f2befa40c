import type { Expression } from './expression.ts';
import type { PriorResults } from './priorResults.ts';
import { NotArithmetic, type TokenCursor } from './tokenCursor.ts';
import { pluralNouns, pluralPronouns, resultNouns, singularPronouns } from './vocabulary.ts';

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth'] as const;
const counts = ['two', 'three', 'four', 'five'] as const;

/** "it", "the result", "the product", "the second result"; `undefined` when there is none. */
export function takeReference(cursor: TokenCursor, results: PriorResults): Expression | undefined {
  if (cursor.takePhrase(...singularPronouns) !== undefined) {
    cursor.takePhrase('result', 'answer', 'number');
    return known(results.latest());
  }
  return cursor.attempt(() => takeNamedResult(cursor, results));
}

function takeNamedResult(cursor: TokenCursor, results: PriorResults): Expression | undefined {
  cursor.takePhrase('the', 'that', 'this');
  const ordinal = cursor.takePhrase(...ordinals);
  if (ordinal !== undefined) {
    takeResultNoun(cursor);
    return known(results.at(ordinals.indexOf(ordinal)));
  }
  const latest = cursor.takePhrase('previous', 'last', 'final', 'new') !== undefined;
  if (!latest && cursor.takePhrase('other') !== undefined) {
    takeResultNoun(cursor);
    return known(results.beforeLatest());
  }
  const noun = takeResultNoun(cursor);
  if (noun === undefined || noun === 'one') return undefined;
  const operator = resultNouns.get(noun);
  return known(operator === undefined ? results.latest() : results.latestOf(operator));
}

/** A noun that names a result, unless "of" follows: "the sum of 3 and 4" is an operation. */
function takeResultNoun(cursor: TokenCursor): string | undefined {
  if (['of', 'between'].includes(cursor.peekWord(1))) return undefined;
  return cursor.takePhrase(...resultNouns.keys());
}

/** "both results", "them", "the two sums": every unused result, at least two. */
export function takePluralReference(
  cursor: TokenCursor,
  results: PriorResults,
): readonly Expression[] | undefined {
  return cursor.attempt(() => {
    const expected = takePluralWords(cursor);
    if (expected === undefined) return undefined;
    const open = results.open();
    if (open.length < 2 || (expected !== 'any' && expected !== open.length)) return undefined;
    return open;
  });
}

/** How many results the words refer to. */
function takePluralWords(cursor: TokenCursor): number | 'any' | undefined {
  const pronoun = cursor.takePhrase(...pluralPronouns);
  cursor.takePhrase('of them', 'of these', 'of those');
  cursor.takePhrase('the', 'these', 'of the');
  const count = cursor.takePhrase(...counts);
  const noun = cursor.takePhrase(...pluralNouns);
  if (pronoun === undefined && noun === undefined) return undefined;
  if (count !== undefined) return counts.indexOf(count) + 2;
  return pronoun === 'both' ? 2 : 'any';
}

function known(expression: Expression | undefined): Expression {
  if (expression === undefined) throw new NotArithmetic('refers to a result that is not there');
  return expression;
}
