import fc from 'fast-check';

/** Something that takes input from outside, and what must hold whatever the input is. */
export interface FuzzTarget {
  readonly name: string;
  readonly property: fc.IRawProperty<unknown>;
}

/** What came of inputs given to one target. */
export interface FuzzResult {
  readonly inputs: number;
  /** What failed and how to see it again; absent when nothing did. */
  readonly failure?: string;
}

/** A target whose inputs are made by `input`; `holds` throws when something is wrong. */
export function fuzzTarget<T>(
  name: string,
  input: fc.Arbitrary<T>,
  holds: (input: T) => void | Promise<void>,
): FuzzTarget {
  // Without a wrapper that waits, half of the time would go to promises.
  const isAsync = holds.constructor.name === 'AsyncFunction';
  const property = isAsync
    ? fc.asyncProperty(input, async (value) => holds(value))
    : fc.property(input, (value) => void holds(value));
  return { name, property: property as unknown as fc.IRawProperty<unknown> };
}

/** Gives a target so many inputs, the same ones for the same seed. */
export async function fuzz(target: FuzzTarget, inputs: number, seed: number): Promise<FuzzResult> {
  const result = await fc.check(target.property, { numRuns: inputs, seed });
  if (!result.failed) return { inputs: result.numRuns };
  const { counterexamplePath, counterexample, errorInstance } = result;
  const shown = fc.stringify(counterexample).slice(0, 2_000);
  const failure = `${target.name} failed; seed ${seed}, path "${counterexamplePath}": ${shown}\n${String(errorInstance)}`;
  return { inputs: result.numRuns, failure };
}

/** Throws with these words unless the condition holds. */
export function must(condition: boolean, words: string): void {
  if (!condition) throw new Error(words);
}

/** Texts put together from these pieces and from anything at all. */
export function soup(pieces: readonly string[], maxLength = 30): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...pieces) },
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  return fc.array(piece, { maxLength, size: 'max' }).map((parts) => parts.join(''));
}
