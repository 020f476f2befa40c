interface Input {
  readonly numbers: readonly number[];
  readonly minuend: number;
  readonly subtrahend: number;
  readonly dividend: number;
  readonly divisor: number;
  readonly base: number;
  readonly exponent: number;
}

function finite(value: number): string {
  if (!Number.isFinite(value)) throw new Error('the result is not a finite number');
  return String(value);
}

/** The client's tools for arithmetic. A throw is the tool's error. */
export const arithmeticTools: Record<string, (input: Input) => string> = {
  sum_numbers: ({ numbers }) => finite(numbers.reduce((a, b) => a + b)),
  subtract_numbers: ({ minuend, subtrahend }) => finite(minuend - subtrahend),
  multiply_numbers: ({ numbers }) => finite(numbers.reduce((a, b) => a * b)),
  divide_numbers: ({ dividend, divisor }) => {
    if (divisor === 0) throw new Error('Division by zero.');
    return finite(dividend / divisor);
  },
  power_numbers: ({ base, exponent }) => finite(base ** exponent),
};

export const arithmeticToolNames = Object.keys(arithmeticTools);

/** Runs a tool as a client would, with the raw input. */
export function runTool(name: string, input: unknown): { text: string; isError: boolean } {
  try {
    return { text: arithmeticTools[name]!(input as Input), isError: false };
  } catch (error) {
    return { text: (error as Error).message, isError: true };
  }
}
