import type { ContenderChoice } from './contenders.ts';

/**
 * Runs all contenders in turns (A B A B), so that other load on this machine affects them alike.
 * Resolves to the results of each contender, by its name.
 */
export async function inTurns<T>(
  contenders: readonly ContenderChoice[],
  rounds: number,
  run: (contender: ContenderChoice, round: number) => Promise<T>,
): Promise<ReadonlyMap<string, readonly T[]>> {
  const results = new Map<string, T[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const contender of contenders) {
      results.get(contender.name)?.push(await run(contender, round));
    }
  }
  return results;
}
