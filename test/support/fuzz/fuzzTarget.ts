import fc from 'fast-check';

/** A function that takes input from outside, with its invariants. */
export interface FuzzTarget {
  readonly name: string;
  readonly property: fc.IRawProperty<unknown>;
}

/** The result of fuzzing one target. */
export interface FuzzResult {
  readonly inputs: number;
  /** The failure with instructions to reproduce it, if any. */
  readonly failure?: string;
}

/** A target with inputs from `input`; `holds` throws when an invariant is broken. */
export function fuzzTarget<T>(
  name: string,
  input: fc.Arbitrary<T>,
  holds: (input: T) => void | Promise<void>,
): FuzzTarget {
  // Wrapping synchronous targets in promises would take half of the time.
  const isAsync = holds.constructor.name === 'AsyncFunction';
  const property = isAsync
    ? fc.asyncProperty(input, async (value) => holds(value))
    : fc.property(input, (value) => void holds(value));
  return { name, property: property as unknown as fc.IRawProperty<unknown> };
}

/** Tries a number of seeded inputs on a target. */
export async function fuzz(target: FuzzTarget, inputs: number, seed: number): Promise<FuzzResult> {
  const result = await fc.check(target.property, { numRuns: inputs, seed });
  if (!result.failed) return { inputs: result.numRuns };
  const { counterexamplePath, counterexample, errorInstance } = result;
  const shown = fc.stringify(counterexample).slice(0, 2_000);
  const failure = `${target.name} failed; seed ${seed}, path "${counterexamplePath}": ${shown}\n${String(errorInstance)}`;
  return { inputs: result.numRuns, failure };
}

/** Throws with this message unless the condition holds. */
export function must(condition: boolean, words: string): void {
  if (!condition) throw new Error(words);
}

/** Texts made of these pieces and arbitrary characters. */
export function soup(pieces: readonly string[], maxLength = 30): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...pieces) },
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  return fc.array(piece, { maxLength, size: 'max' }).map((parts) => parts.join(''));
}
