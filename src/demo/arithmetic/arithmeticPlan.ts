import { isJsonObject } from '../../shared/json.ts';
import type { ToolExchange } from '../demoRequest.ts';
import type { WantedCall } from '../reply.ts';
import { callFor, formatOperation, readResult, toolNameOf } from './arithmeticTools.ts';
import { type Expression, type Operation, operationsOf } from './expression.ts';

/** One computed operation and its result, as a person writes them. */
export interface Step {
  readonly operation: string;
  readonly result: string;
}

/** What to do next with a calculation. */
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
 * Replays what the tools have answered so far against the calculation. Asks for every operation whose
 * operands are known by now; results are found by the call's name and input, so it does not matter in
 * which order, or in how many turns, they came.
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

/** A number and how it is written: a tool may know more digits than a number holds. */
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

/** The same for the same call, whatever the order of its input's fields. */
function keyOf(name: string, input: unknown): string {
  const fields = isJsonObject(input) ? Object.entries(input) : [];
  fields.sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([name, fields]);
}
