import type { Tool } from '../tool.ts';
import type { ToolWorkers } from './toolWorkers.ts';

/**
 * Which CPU-bound calls run in worker threads: with `workers` all, with `auto` all but the light ones, such
 * as arithmetic on a few numbers, which are done sooner than a thread could take them.
 */
export type CpuTools = 'auto' | 'workers';

/** The same tool; if it is CPU-bound, its calls run in worker threads that know it by its name. */
export function workerTool(
  tool: Tool,
  workers: Pick<ToolWorkers, 'run'>,
  cpuTools: CpuTools,
): Tool {
  const { cpu, name } = tool;
  if (cpu === undefined) return tool;
  return {
    ...tool,
    execute: (input, context) => {
      if (cpuTools === 'auto' && cpu.isLight(input)) return tool.execute(input, context);
      // Waiting for a thread takes nothing of the tool's time.
      const goOn = context.pauseTime();
      return workers
        .run({ kind: 'tool', input: { name, input } }, { signal: context.signal, onBegin: goOn })
        .finally(goOn);
    },
  };
}
