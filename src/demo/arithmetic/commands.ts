import { type Expression, number, type Operator, operation } from './expression.ts';
import type { ExpressionParser } from './expressionParser.ts';
import type { PriorResults } from './priorResults.ts';
import { NotArithmetic, type TokenCursor } from './tokenCursor.ts';
import {
  decreaseVerbs,
  divideVerbs,
  increaseVerbs,
  multiplyVerbs,
  scalingVerbs,
  subtractVerbs,
  sumVerbs,
} from './vocabulary.ts';

/** The input of a command's parser. */
export interface CommandContext {
  readonly cursor: TokenCursor;
  readonly parser: ExpressionParser;
  readonly results: PriorResults;
  /** Whether the clause continues the one before it: "…, then add 5 and 6". */
  readonly continues: boolean;
}

/** Reads a clause that begins with a verb; `undefined` when there is none. */
export function parseCommand(context: CommandContext): Expression | undefined {
  const { cursor } = context;
  const sum = cursor.takePhrase(...sumVerbs);
  if (sum !== undefined) return parseSum(context, sum);
  if (cursor.takePhrase(...subtractVerbs) !== undefined) return parseSubtract(context);
  if (cursor.takePhrase(...multiplyVerbs) !== undefined) return parseMultiply(context);
  if (cursor.takePhrase(...divideVerbs) !== undefined) return parseDivide(context);
  if (cursor.takePhrase(...increaseVerbs) !== undefined) return parseChange(context, 'sum');
  if (cursor.takePhrase(...decreaseVerbs) !== undefined) return parseChange(context, 'subtract');
  if (cursor.takePhrase('raise') !== undefined) return parseRaise(context);
  if (cursor.takePhrase('take', 'start with', 'begin with') !== undefined)
    return parseTake(context);
  const scaling = cursor.takePhrase(...scalingVerbs);
  return scaling === undefined ? undefined : parseScaling(context, scaling);
}

/** "sum A, B and C", "add A to B", or "add A" to the previous result. */
function parseSum(
  { cursor, parser, results, continues }: CommandContext,
  verb: string,
): Expression {
  const adds = verb.startsWith('add');
  const operands = parser.list({ toIsRange: !adds });
  cursor.takePhrase('together', 'up');
  if (adds && cursor.takePhrase('to') !== undefined) {
    return operation('sum', parser.element(), ...operands);
  }
  const goesOn = operands.length === 1 || (continues && verb === 'add');
  const before = adds && goesOn ? latest(results) : undefined;
  if (before === undefined && operands.length < 2) throw new NotArithmetic('a sum of one number');
  const buildsOnBefore = before !== undefined && !operands.includes(before);
  return operation('sum', ...(buildsOnBefore ? [before] : []), ...operands);
}

/** "subtract A from B", or "subtract A" from the previous result. */
function parseSubtract({ cursor, parser, results }: CommandContext): Expression {
  const operands = parser.list({ toIsRange: false });
  const from = cursor.takePhrase('from') === undefined ? latest(results) : parser.element();
  return operands.reduce((left, right) => operation('subtract', left, right), from);
}

/** "multiply A by B", "multiply A, B and C", or "multiply by B" the previous result. */
function parseMultiply({ cursor, parser, results }: CommandContext): Expression {
  const start = cursor.peekWord() === 'by' ? [latest(results)] : undefined;
  const operands = [...(start ?? parser.list({ toIsRange: true }))];
  cursor.takePhrase('together');
  if (operands.length > 1 && cursor.peekWord() === 'by') throw new NotArithmetic('each by what');
  while (cursor.takePhrase('by', 'with') !== undefined) operands.push(parser.element());
  if (operands.length < 2) throw new NotArithmetic('a product of one number');
  return operation('multiply', ...operands);
}

/** "divide A by B", "split A into B", or "divide by B" the previous result. */
function parseDivide({ cursor, parser, results }: CommandContext): Expression {
  const dividend = cursor.peekWord() === 'by' ? latest(results) : parser.element();
  cursor.expectPhrase('by', 'into', 'among', 'between');
  const divisor = parser.element();
  cursor.takePhrase('equal parts', 'equal groups', 'equal shares');
  return operation('divide', dividend, divisor);
}

/** "increase A by B", "reduce it by B". */
function parseChange({ cursor, parser, results }: CommandContext, operator: Operator): Expression {
  const changed = cursor.peekWord() === 'by' ? latest(results) : parser.element();
  cursor.expectPhrase('by');
  return operation(operator, changed, parser.element());
}

/** "raise A to the power of B", "raise A to the 3rd power". */
function parseRaise({ cursor, parser }: CommandContext): Expression {
  const base = parser.element();
  if (cursor.takePhrase('to the power of', 'to the power') !== undefined) {
    return operation('power', base, parser.element());
  }
  cursor.expectPhrase('to the');
  const ordinal = /^(\d+)(?:st|nd|rd|th)$/.exec(cursor.peekWord());
  if (ordinal === null) throw new NotArithmetic('an exponent is missing');
  cursor.advance();
  cursor.expectPhrase('power');
  return operation('power', base, number(Number(ordinal[1])));
}

/** "take A" as the first value, or "take A from B". */
function parseTake({ cursor, parser }: CommandContext): Expression {
  const taken = parser.element();
  if (cursor.takePhrase('from') === undefined) return taken;
  return operation('subtract', parser.element(), taken);
}

/** "double it", "square 7", or "double" the previous result. */
function parseScaling({ cursor, parser, results }: CommandContext, name: string): Expression {
  const next = cursor.peek();
  const isAlone = next?.kind === 'stop' || next?.kind === 'comma' || cursor.peekWord() === 'and';
  cursor.takePhrase('of');
  return parser.scale(name, isAlone ? latest(results) : parser.power());
}

function latest(results: PriorResults): Expression {
  const expression = results.latest();
  if (expression === undefined) throw new NotArithmetic('there is no result yet');
  return expression;
}
