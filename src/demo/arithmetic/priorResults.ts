import { type Expression, type Operator, operationsOf } from './expression.ts';

/** The results named so far, for "it", "the first result", "both results". */
export class PriorResults {
  readonly #all: Expression[] = [];

  add(expression: Expression): void {
    this.#all.push(expression);
  }

  latest(): Expression | undefined {
    return this.#all.at(-1);
  }

  /** `ordinal` counts from 0. */
  at(ordinal: number): Expression | undefined {
    return this.#all[ordinal];
  }

  beforeLatest(): Expression | undefined {
    return this.#all.at(-2);
  }

  /** The latest result of this operation: "the product". */
  latestOf(operator: Operator): Expression | undefined {
    return this.#all.findLast(
      (expression) => expression.kind === 'operation' && expression.operator === operator,
    );
  }

  /** The results that no later result uses, once each, in the order in which they were named. */
  open(): readonly Expression[] {
    const used = new Set<Expression>();
    for (const operation of operationsOf(this.#all)) {
      for (const operand of operation.operands) used.add(operand);
    }
    return [...new Set(this.#all)].filter((expression) => !used.has(expression));
  }
}
