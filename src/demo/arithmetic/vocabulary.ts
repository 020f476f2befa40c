import type { Operator } from './expression.ts';

/** Commands that need a list: "sum 4, 7 and 9". `add` may continue from the previous result. */
export const sumVerbs = ['sum up', 'add up', 'add together', 'sum', 'add', 'total'] as const;
export const subtractVerbs = ['subtract', 'deduct', 'take away'] as const;
export const decreaseVerbs = ['decrease', 'reduce'] as const;
export const increaseVerbs = ['increase'] as const;
export const multiplyVerbs = ['multiply'] as const;
export const divideVerbs = ['divide', 'split'] as const;

/** Words that multiply, divide or raise the operand after them. */
export const scalings: ReadonlyMap<string, readonly [Operator, number]> = new Map([
  ['double', ['multiply', 2]],
  ['twice', ['multiply', 2]],
  ['triple', ['multiply', 3]],
  ['quadruple', ['multiply', 4]],
  ['halve', ['divide', 2]],
  ['half of', ['divide', 2]],
  ['half', ['divide', 2]],
  ['a third of', ['divide', 3]],
  ['one third of', ['divide', 3]],
  ['a quarter of', ['divide', 4]],
  ['one quarter of', ['divide', 4]],
  ['the square of', ['power', 2]],
  ['square of', ['power', 2]],
  ['square', ['power', 2]],
  ['the cube of', ['power', 3]],
  ['cube of', ['power', 3]],
  ['cube', ['power', 3]],
] as const);

/** The scalings that are commands: "then double it". */
export const scalingVerbs = ['double', 'triple', 'quadruple', 'halve', 'square', 'cube'] as const;

export const singularPronouns = ['it', 'that', 'this'] as const;
export const pluralPronouns = ['both', 'them', 'these', 'those', 'all of them', 'all'] as const;

/** Nouns for a result; the noun of an operation means the latest result of that operation. */
export const resultNouns: ReadonlyMap<string, Operator | undefined> = new Map([
  ['result', undefined],
  ['answer', undefined],
  ['total', undefined],
  ['outcome', undefined],
  ['one', undefined],
  ['sum', 'sum'],
  ['difference', 'subtract'],
  ['product', 'multiply'],
  ['quotient', 'divide'],
  ['power', 'power'],
] as const);

export const pluralNouns = [
  'results',
  'answers',
  'totals',
  'sums',
  'differences',
  'products',
  'quotients',
  'powers',
] as const;

/** Words that may come before the first number of a list or operand. */
export const determiners = [
  'the following numbers',
  'these numbers',
  'the numbers',
  'the number',
  'the values',
  'the value of',
  'the result of',
  'the following',
  'numbers',
  'values',
  'the',
  'a',
  'an',
] as const;

/** Words between two clauses. */
export const separators = [
  'and',
  'after that',
  'afterwards',
  'also',
  'finally',
  'lastly',
  'next',
  'now',
  'first',
  'then',
] as const;

/** Openings of a question or request, without meaning for the result. */
export const openings = [
  'please',
  'kindly',
  'can you',
  'could you',
  'would you',
  'what do you get when you',
  'what do you get if you',
  'what do you get',
  'what does',
  'what is',
  "what's",
  'what are',
  'what',
  'how much is',
  'how much are',
  'calculate',
  'compute',
  'evaluate',
  'work out',
  'figure out',
  'determine',
  'solve',
  'find out',
  'find',
  "let's",
  'use the tools to',
  'give me',
  'give',
  'tell me',
  'tell',
  'show me',
  'show',
  'say',
  'return',
  'report',
  'print',
  'i want to know',
] as const;

/** Sentences that begin with these and contain no operation say how to answer. */
export const remarks: ReadonlySet<string> = new Set([
  ...['give', 'tell', 'show', 'say', 'return', 'report', 'print', 'answer', 'reply', 'respond'],
  ...['explain', 'describe', 'state', 'write', 'use', 'do', "don't", 'never', 'always', 'only'],
  ...['please', 'what', "what's", 'how', 'keep', 'format', 'no', 'check'],
]);

/** The remarks that may contain a number: "answer in one sentence". */
export const countingRemarks: ReadonlySet<string> = new Set([
  ...[
    'answer',
    'reply',
    'respond',
    'explain',
    'describe',
    'keep',
    'use',
    'format',
    'state',
    'write',
  ],
]);

/** Words that always mean an operation; a sentence with one of them is no remark. */
export const operationWords: ReadonlySet<string> = new Set([
  ...[sumVerbs, subtractVerbs, decreaseVerbs, increaseVerbs, multiplyVerbs, divideVerbs]
    .flat()
    .filter((verb) => !verb.includes(' ')),
  ...['plus', 'minus', 'less', 'times', 'multiplied', 'divided', 'over', 'raise', 'raised'],
  ...['added', 'subtracted', 'squared', 'cubed', 'twice', 'half', 'third', 'quarter', 'percent'],
  ...['average', 'mean', 'root', 'modulo', 'mod', 'factorial', 'logarithm', 'power', 'x'],
  ...['product', 'difference', 'quotient', ...scalingVerbs],
]);

/** Words that refer to an earlier result. */
export const referenceWords: ReadonlySet<string> = new Set([
  ...singularPronouns,
  ...pluralPronouns,
  ...resultNouns.keys(),
  ...pluralNouns,
]);

/** Words that are never the unit of the number before them ("12 apples"). */
export const notUnits: ReadonlySet<string> = new Set([
  ...operationWords,
  ...referenceWords,
  ...separators,
  ...['by', 'from', 'to', 'through', 'into', 'among', 'between', 'with', 'of', 'in', 'on', 'at'],
  ...['is', 'are', 'was', 'were', 'has', 'have', 'per', 'each', 'every', 'more', 'fewer', 'than'],
  ...['or', 'if', 'when', 'not', 'left', 'remaining', 'hundred', 'thousand', 'million', 'billion'],
  ...['dozen', 'dozens', 'the', 'a', 'an', 'up', 'together', 'so', 'but', 'for', 'as', 'equal'],
]);
