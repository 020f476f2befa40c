import { type Expression, negate, number, type Operator, operation } from './expression.ts';
import { join, type Precedence, takeInfix } from './infixOperators.ts';
import type { PriorResults } from './priorResults.ts';
import { takePluralReference, takeReference } from './references.ts';
import { NotArithmetic, type TokenCursor } from './tokenCursor.ts';
import { determiners, notUnits, scalings } from './vocabulary.ts';

interface ListOptions {
  /** Whether "1 to 5" stands for the whole numbers from 1 to 5. */
  readonly toIsRange: boolean;
}

const maxRange = 100;

/** Operands, infix expressions, lists and noun phrases such as "the sum of 3 and 4". */
export class ExpressionParser {
  readonly #cursor: TokenCursor;
  readonly #results: PriorResults;

  constructor(cursor: TokenCursor, results: PriorResults) {
    this.#cursor = cursor;
    this.#results = results;
  }

  /**
   * An infix expression with the usual precedence. `left` is its first operand if it has already
   * been read. Inside lists, operators written as words belong to what follows the list.
   */
  infix(words: boolean, left?: Expression): Expression {
    return this.#cursor.nested(() => this.#level('additive', words, left));
  }

  /** One member of a list or one operand of a command. */
  element(): Expression {
    return this.infix(false);
  }

  /** An operand with its exponent: the operand of "double". */
  power(): Expression {
    return this.#power(false);
  }

  /** Operands joined by commas and "and". A plural reference ("them") stands for several. */
  list(options: ListOptions): readonly Expression[] {
    const bracketed = this.#cursor.attempt(() => this.#bracketedList(options));
    if (bracketed !== undefined) return bracketed;
    const operands = [...this.#member(options)];
    while (true) {
      const next = this.#cursor.attempt(() => this.#nextMember(options));
      if (next === undefined) return operands;
      operands.push(...next);
    }
  }

  #bracketedList(options: ListOptions): readonly Expression[] | undefined {
    if (!this.#cursor.takeSymbol('(')) return undefined;
    const operands = this.#cursor.nested(() => this.list(options));
    return this.#cursor.takeSymbol(')') && operands.length > 1 ? operands : undefined;
  }

  #nextMember(options: ListOptions): readonly Expression[] | undefined {
    const comma = this.#cursor.peek()?.kind === 'comma';
    if (comma) this.#cursor.advance();
    const and = this.#cursor.takePhrase('and') !== undefined;
    if (!comma && !and) return undefined;
    // After a separator, "square it" or "sum 6 and 7" is the next command, not another operand.
    const word = this.#cursor.peekWord();
    if (scalings.has(word) && word !== 'twice' && word !== 'half') return undefined;
    if (word === 'sum' || word === 'add' || word === 'total') return undefined;
    const sign = this.#cursor.peekSymbol();
    if (comma && sign !== '' && sign !== '(' && sign !== '-') return undefined;
    return this.#member(options);
  }

  #member({ toIsRange }: ListOptions): readonly Expression[] {
    const plural = takePluralReference(this.#cursor, this.#results);
    if (plural !== undefined) return plural;
    this.#cursor.takePhrase(...determiners.filter((phrase) => /numbers|values/.test(phrase)));
    const from = this.#cursor.takePhrase('from') !== undefined;
    const first = this.element();
    const isRange =
      this.#cursor.takePhrase('through') ??
      (from || toIsRange ? this.#cursor.takePhrase('to') : undefined);
    if (isRange !== undefined) return range(first, this.element());
    if (from) throw new NotArithmetic('from without to');
    return [first];
  }

  #level(precedence: Precedence, words: boolean, left?: Expression): Expression {
    if (precedence === 'power') return this.#power(words, left);
    const tighter = precedence === 'additive' ? 'multiplicative' : 'power';
    let result = this.#level(tighter, words, left);
    for (let chain = false; ; chain = true) {
      const infix = takeInfix(this.#cursor, precedence, words);
      if (infix === undefined) return result;
      result = join(result, infix, this.#level(tighter, words), chain);
    }
  }

  #power(words: boolean, left?: Expression): Expression {
    if (left === undefined && this.#takeMinus()) {
      return negate(this.#cursor.nested(() => this.#power(words)));
    }
    let base = left ?? this.#primary();
    const postfix = this.#cursor.takePhrase('squared', 'cubed');
    if (postfix !== undefined) base = operation('power', base, number(postfix === 'cubed' ? 3 : 2));
    if (takeInfix(this.#cursor, 'power', words) === undefined) return base;
    return operation(
      'power',
      base,
      this.#cursor.nested(() => this.#power(words)),
    );
  }

  #takeMinus(): boolean {
    return (
      this.#cursor.takeSymbol('-') || this.#cursor.takePhrase('negative', 'minus') !== undefined
    );
  }

  #primary(): Expression {
    if (this.#cursor.takeSymbol('(')) {
      const inner = this.infix(true);
      if (!this.#cursor.takeSymbol(')')) throw new NotArithmetic('a bracket is not closed');
      return inner;
    }
    const scaling = this.#cursor.takePhrase(...scalings.keys());
    if (scaling !== undefined) return this.scale(scaling, this.#nestedPrimary());
    return (
      this.#cursor.attempt(() => this.#nounPhrase()) ??
      takeReference(this.#cursor, this.#results) ??
      this.#plainOperand()
    );
  }

  #nestedPrimary(): Expression {
    return this.#cursor.nested(() => this.#primary());
  }

  /** The operand doubled, squared, halved …; `name` is a known scaling. */
  scale(name: string, operand: Expression): Expression {
    const scaling = scalings.get(name);
    if (scaling === undefined) throw new NotArithmetic(name);
    return operation(scaling[0], operand, number(scaling[1]));
  }

  #plainOperand(): Expression {
    if (this.#cursor.takePhrase(...determiners) !== undefined) return this.#nestedPrimary();
    const value = this.#cursor.takeNumber();
    if (value === undefined) throw new NotArithmetic('an operand is missing');
    if (this.#cursor.takeSymbol('%') || this.#cursor.takePhrase('percent', 'per cent')) {
      this.#cursor.expectPhrase('of');
      const part = operation('multiply', number(value), this.#nestedPrimary());
      return operation('divide', part, number(100));
    }
    this.#skipUnit();
    return number(value);
  }

  #skipUnit(): void {
    const word = this.#cursor.peekWord();
    if (/^\p{L}+$/u.test(word) && !notUnits.has(word)) this.#cursor.advance();
  }

  #nounPhrase(): Expression | undefined {
    this.#cursor.takePhrase('the', 'a', 'an');
    const noun = this.#cursor.takePhrase('sum', 'total', 'product', 'average', 'mean');
    if (noun !== undefined) {
      this.#cursor.expectPhrase('of');
      return combine(noun, this.list({ toIsRange: true }));
    }
    const pair = this.#cursor.takePhrase('difference', 'quotient');
    if (pair === undefined) return undefined;
    this.#cursor.expectPhrase('of', 'between');
    const left = this.element();
    this.#cursor.expectPhrase('and');
    return operation(pair === 'quotient' ? 'divide' : 'subtract', left, this.element());
  }
}

function combine(noun: string, operands: readonly Expression[]): Expression {
  if (operands.length < 2) throw new NotArithmetic(`the ${noun} of one number`);
  const operator: Operator = noun === 'product' ? 'multiply' : 'sum';
  const combined = operation(operator, ...operands);
  const isMean = noun === 'average' || noun === 'mean';
  return isMean ? operation('divide', combined, number(operands.length)) : combined;
}

function range(first: Expression, last: Expression): readonly Expression[] {
  if (first.kind !== 'number' || last.kind !== 'number') throw new NotArithmetic('open range');
  const length = last.value - first.value + 1;
  const isWhole = Number.isInteger(first.value) && Number.isInteger(length);
  if (!isWhole || length < 2 || length > maxRange) throw new NotArithmetic('unusual range');
  return Array.from({ length }, (_, index) => number(first.value + index));
}
