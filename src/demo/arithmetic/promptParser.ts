import { parseCommand } from './commands.ts';
import { type Expression, operationsOf } from './expression.ts';
import { ExpressionParser } from './expressionParser.ts';
import { atInfix } from './infixOperators.ts';
import { PriorResults } from './priorResults.ts';
import type { Token } from './token.ts';
import { NotArithmetic, TokenCursor, TooComplex } from './tokenCursor.ts';
import { tokenize } from './tokens.ts';
import {
  countingRemarks,
  openings,
  operationWords,
  referenceWords,
  remarks,
  separators,
} from './vocabulary.ts';

const maxPromptLength = 4_000;
const maxOperations = 100;

/**
 * Parses a prompt as arithmetic: expressions (`(3 + 4) * 2`), commands ("sum 4, 7 and 9, then
 * multiply the result by 3"), questions ("what is the product of 6 and 7?"), or several of them.
 * Returns every result that no other result uses. Within a clause the usual precedence holds. A
 * comma before an operator, and any command, continues from everything before it.
 *
 * Skips sentences without numbers, operations or references. Returns `undefined` when anything else
 * is not understood: no answer is better than a wrong one.
 */
export function parseArithmetic(prompt: string): readonly Expression[] | undefined {
  if (prompt.length > maxPromptLength || !/\p{N}|\p{L}/u.test(prompt)) return undefined;
  try {
    const open = new PromptParser(tokenize(prompt)).parse();
    const operations = operationsOf(open);
    const complete = open.length > 0 && open.every((root) => root.kind === 'operation');
    return complete && operations.length <= maxOperations ? open : undefined;
  } catch (error) {
    if (error instanceof NotArithmetic || error instanceof TooComplex) return undefined;
    throw error;
  }
}

class PromptParser {
  readonly #cursor: TokenCursor;
  readonly #results = new PriorResults();
  readonly #parser: ExpressionParser;

  constructor(tokens: readonly Token[]) {
    this.#cursor = new TokenCursor(tokens);
    this.#parser = new ExpressionParser(this.#cursor, this.#results);
  }

  parse(): readonly Expression[] {
    while (!this.#cursor.atEnd) {
      if (this.#isRemark()) this.#skipSentence();
      else this.#sentence();
    }
    return this.#results.open();
  }

  #sentence(): void {
    let isFirst = true;
    while (this.#cursor.peek()?.kind !== 'stop') {
      const start = this.#cursor.position;
      const separated = this.#takeSeparators();
      if (!isFirst && separated.size > 0 && this.#isInstruction()) break;
      this.#clause(!isFirst || separated.has('then'), isFirst || separated.size > 0);
      if (this.#cursor.position === start) throw new NotArithmetic('nothing was read');
      isFirst = false;
    }
    this.#skipSentence();
  }

  #takeSeparators(): ReadonlySet<string> {
    const taken = new Set<string>();
    while (true) {
      const isComma = this.#cursor.peek()?.kind === 'comma';
      if (isComma) this.#cursor.advance();
      const separator = isComma ? ',' : this.#cursor.takePhrase(...separators);
      if (separator === undefined) return taken;
      taken.add(separator);
    }
  }

  #clause(continues: boolean, separated: boolean): void {
    while (this.#cursor.takePhrase(...openings) !== undefined);
    if (this.#cursor.peek()?.kind === 'stop') return;
    if (this.#cursor.attempt(() => this.#loneReference())) return;
    const context = {
      cursor: this.#cursor,
      parser: this.#parser,
      results: this.#results,
      continues,
    };
    const before = this.#results.latest();
    const goesOn = before !== undefined && atInfix(this.#cursor) && !this.#atSign(continues);
    if (!goesOn && !separated) throw new NotArithmetic('two clauses without a separator');
    const command = goesOn ? before : parseCommand(context);
    const expression = command === undefined ? this.#question() : this.#parser.infix(true, command);
    this.#results.add(expression);
  }

  /** At the start of a sentence a minus is a sign; after a comma it is an operator. */
  #atSign(continues: boolean): boolean {
    return !continues && ['-', '+'].includes(this.#cursor.peekSymbol());
  }

  /** An expression that computes something. A number by itself is not understood. */
  #question(): Expression {
    const expression = this.#parser.infix(true);
    if (expression.kind === 'number') throw new NotArithmetic('a number without an operation');
    return expression;
  }

  /** "What is the result?" asks for what the answer contains anyway. */
  #loneReference(): true | undefined {
    const isPlural = referenceWords.has(this.#cursor.peekWord());
    if (!isPlural && this.#cursor.takePhrase('the') === undefined) return undefined;
    if (!referenceWords.has(this.#cursor.peekWord())) return undefined;
    this.#cursor.advance();
    const atEnd = this.#cursor.peek()?.kind === 'stop' && this.#results.latest() !== undefined;
    return atEnd ? true : undefined;
  }

  /** "…, and explain how": the end of a sentence that only says how to answer. */
  #isInstruction(): boolean {
    return remarks.has(this.#cursor.peekWord()) && this.#isRemark();
  }

  /** Whether the rest of the sentence contains nothing to compute. */
  #isRemark(): boolean {
    const opening = this.#cursor.peekWord();
    const allowed = {
      numbers: countingRemarks.has(opening),
      references: remarks.has(opening),
    };
    for (let offset = 0; ; offset += 1) {
      const token = this.#cursor.peek(offset);
      if (token === undefined || token.kind === 'stop') return offset > 0;
      if (computes(token, allowed)) return false;
    }
  }

  #skipSentence(): void {
    while (!this.#cursor.atEnd && this.#cursor.peek()?.kind !== 'stop') this.#cursor.advance();
    this.#cursor.advance();
  }
}

interface AllowedInRemark {
  readonly numbers: boolean;
  readonly references: boolean;
}

function computes(token: Token, allowed: AllowedInRemark): boolean {
  switch (token.kind) {
    case 'symbol':
      return true;
    case 'number':
      return !allowed.numbers;
    case 'word':
      if (operationWords.has(token.word)) return true;
      return referenceWords.has(token.word) && !allowed.references;
    default:
      return false;
  }
}
