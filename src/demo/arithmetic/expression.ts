export type Operator = 'sum' | 'subtract' | 'multiply' | 'divide' | 'power';

/** `sum` and `multiply` take any number of operands, the others two. */
export interface Operation {
  readonly kind: 'operation';
  readonly operator: Operator;
  readonly operands: readonly Expression[];
}

interface NumberLeaf {
  readonly kind: 'number';
  readonly value: number;
}

/** An expression to compute. An operation used in several places is computed once. */
export type Expression = NumberLeaf | Operation;

export function number(value: number): NumberLeaf {
  return { kind: 'number', value };
}

export function operation(operator: Operator, ...operands: readonly Expression[]): Operation {
  return { kind: 'operation', operator, operands };
}

export function negate(operand: Expression): Expression {
  if (operand.kind === 'number') return number(-operand.value);
  return operation('subtract', number(0), operand);
}

/** Every operation under the roots, once each; operands come before their operations. */
export function operationsOf(roots: readonly Expression[]): readonly Operation[] {
  const found = new Set<Operation>();
  const visit = (expression: Expression) => {
    if (expression.kind === 'number' || found.has(expression)) return;
    expression.operands.forEach(visit);
    found.add(expression);
  };
  roots.forEach(visit);
  return [...found];
}
