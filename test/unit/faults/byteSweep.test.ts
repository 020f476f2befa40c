import { describe, expect, it } from 'vitest';
import type { SweepScene } from '../../support/faults/byteSweep.ts';
import { offsetsOf, sweep, sweepScenes, wholeFrom } from '../../support/faults/byteSweep.ts';
import { faultProtocols } from '../../support/faults/faultProtocol.ts';

describe.each(faultProtocols)('a stream that breaks off at any byte ($name)', (protocol) => {
  it.each(sweepScenes)(
    'never counts as a shorter answer ($turn turn, $form, $how, $times)',
    async (scene) => {
      const offsets = offsetsOf(protocol, scene, scene.times === 'once' ? 29 : 58);
      const figures = await sweep(protocol, scene, offsets);
      expect(figures.firstProblem).toBeUndefined();
      expect(figures).toMatchObject({ truncatedAsComplete: 0, unexplained: 0 });
      expect(figures.conversations).toBe(offsets.length);
      // Complete answers are used, and nothing else: both are counted, byte by byte.
      const complete = offsets.filter((offset) => offset >= wholeFrom(protocol, scene)).length;
      const isOnce = scene.times === 'once';
      expect(figures.done).toBe(isOnce ? offsets.length : complete);
      expect(figures.failed).toBe(isOnce ? 0 : offsets.length - complete);
      expect(figures.requests).toBe(requestsFor({ complete, all: offsets.length, ...scene }));
    },
    60_000,
  );
});

/** Two turns per conversation, and a retry for each truncated one: no turn is paid for twice. */
function requestsFor(
  counts: { readonly complete: number; readonly all: number } & SweepScene,
): number {
  const cut = counts.all - counts.complete;
  if (counts.times === 'once') return 2 * counts.all + cut;
  return 2 * counts.complete + (counts.turn === 'tools' ? 2 * cut : 3 * cut);
}
