import { describe, expect, it } from 'vitest';
import { offsetsOf, sweep, sweepScenes } from '../../support/faults/byteSweep.ts';
import { faultProtocols } from '../../support/faults/faultProtocol.ts';

describe.each(faultProtocols)('a stream that breaks off anywhere ($name)', (protocol) => {
  it.each(sweepScenes)(
    'never passes for a shorter answer ($turn turn, $how, $times)',
    async (scene) => {
      const offsets = offsetsOf(protocol, scene, scene.times === 'once' ? 14 : 29);
      const figures = await sweep(protocol, scene, offsets);
      expect(figures.firstProblem).toBeUndefined();
      expect(figures).toMatchObject({ truncatedAsComplete: 0, unexplained: 0 });
      expect(figures.conversations).toBe(offsets.length);
      // Only where all but the empty line after the last event has arrived is nothing lost.
      const whole = scene.times === 'always' ? figures.failed : figures.done;
      expect(whole).toBeGreaterThan(offsets.length - 5);
    },
    60_000,
  );
});
