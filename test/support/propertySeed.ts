/**
 * Fixes the seed of all property tests, so that failures come from changes and not from chance.
 * `PROPERTY_SEED=random` tries other cases, as the soak test does; `PROPERTY_SEED=<number>` repeats
 * a failure.
 */
import fc from 'fast-check';

const standardSeed = 20_261_120;

const wanted = process.env.PROPERTY_SEED;
if (wanted !== 'random') fc.configureGlobal({ seed: seedOf(wanted) });

function seedOf(text: string | undefined): number {
  if (text === undefined || text === '') return standardSeed;
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new Error(`PROPERTY_SEED is "${text}"; use a whole number or "random".`);
}
