import * as z from 'zod';
import { defineTool } from '../../src/core/tools/defineTool.ts';

/** A CPU-bound tool: it computes for so many milliseconds of its thread. */
export const burnTool = defineTool({
  name: 'burn',
  description: 'Computes.',
  effect: 'pure',
  inputSchema: z.strictObject({ ms: z.number() }),
  cpu: { isLight: () => false },
  execute: ({ ms }) => {
    // Time of the processor and not of the clock: on a busy machine the work stays the same.
    const used = (): number => process.threadCpuUsage().user / 1_000;
    const until = used() + ms;
    let value = 0;
    while (used() < until) {
      for (let step = 0; step < 10_000; step++) value += Math.sqrt(value + 1);
    }
    return String(value > 0);
  },
});
