import { isJsonObject } from '../../shared/json.ts';
import type { ToolExchange } from '../demoRequest.ts';
import type { WantedCall } from '../reply.ts';
import { callFor, formatOperation, readResult, toolNameOf } from './arithmeticTools.ts';
import { type Expression, type Operation, operationsOf } from './expression.ts';

/** A computed operation and its result, as people write them. */
export interface Step {
  readonly operation: string;
  readonly result: string;
}

/** The next step of a calculation. */
export type ArithmeticPlan =
  | { readonly kind: 'call'; readonly calls: readonly WantedCall[] }
  | {
      readonly kind: 'answer';
      readonly results: readonly string[];
      readonly steps: readonly Step[];
    }
  | { readonly kind: 'missing'; readonly tools: readonly string[] }
  | {
      readonly kind: 'failed';
      readonly operation: string;
      readonly message: string;
      readonly steps: readonly Step[];
    };

/**
 * Replays the tool results so far. Calls a tool for every operation whose operands are known. Finds
 * results by name and input of the call, so their order and the number of turns do not matter.
 */
export function planArithmetic(
  roots: readonly Expression[],
  exchanges: readonly ToolExchange[],
  tools: readonly string[],
): ArithmeticPlan {
  const operations = operationsOf(roots);
  const needed = [...new Set(operations.map(({ operator }) => toolNameOf(operator)))];
  const missing = needed.filter((name) => !tools.includes(name));
  if (missing.length > 0) return { kind: 'missing', tools: missing };
  return replay(roots, operations, resultsByCall(exchanges));
}

/** A number and its text: a tool may return more digits than a number can hold. */
interface Quantity {
  readonly value: number;
  readonly text: string;
}

function replay(
  roots: readonly Expression[],
  operations: readonly Operation[],
  results: ReadonlyMap<string, ToolExchange>,
): ArithmeticPlan {
  const found = new Map<Expression, Quantity>();
  const calls = new Map<string, WantedCall>();
  const steps = new Map<string, Step>();
  for (const operation of operations) {
    const operands = quantities(operation.operands, found);
    if (operands === undefined) continue;
    const call = callFor(
      operation.operator,
      operands.map(({ value }) => value),
    );
    const key = keyOf(call.name, call.input);
    const exchange = results.get(key);
    if (exchange === undefined) {
      calls.set(key, call);
      continue;
    }
    const written = formatOperation(
      operation.operator,
      operands.map(({ text }) => text),
    );
    const result = readExchange(exchange);
    if (result === undefined) {
      const done = [...steps.values()];
      return { kind: 'failed', operation: written, message: exchange.output, steps: done };
    }
    found.set(operation, result);
    steps.set(key, { operation: written, result: result.text });
  }
  if (calls.size > 0) return { kind: 'call', calls: [...calls.values()] };
  const answers = (quantities(roots, found) ?? []).map(({ text }) => text);
  return { kind: 'answer', results: answers, steps: [...steps.values()] };
}

function quantities(
  expressions: readonly Expression[],
  found: ReadonlyMap<Expression, Quantity>,
): readonly Quantity[] | undefined {
  const known: Quantity[] = [];
  for (const expression of expressions) {
    const quantity =
      expression.kind === 'number'
        ? { value: expression.value, text: String(expression.value) }
        : found.get(expression);
    if (quantity === undefined) return undefined;
    known.push(quantity);
  }
  return known;
}

function readExchange({ output, isError }: ToolExchange): Quantity | undefined {
  const value = isError ? undefined : readResult(output);
  return value === undefined ? undefined : { value, text: output.trim() };
}

function resultsByCall(exchanges: readonly ToolExchange[]): ReadonlyMap<string, ToolExchange> {
  return new Map(exchanges.map((exchange) => [keyOf(exchange.name, exchange.input), exchange]));
}

/** The same key for the same call, whatever the order of its input's fields. */
function keyOf(name: string, input: unknown): string {
  const fields = isJsonObject(input) ? Object.entries(input) : [];
  fields.sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([name, fields]);
}
