import type { RunChoice } from '../../base/runChoices.ts';
import type { Tool } from '../tool.ts';
import type { ToolWorkers } from './toolWorkers.ts';

/** The same tool; if it is CPU-bound, its calls run in worker threads that know it by its name. */
export function workerTool(
  tool: Tool,
  workers: Pick<ToolWorkers, 'run'>,
  cpuTools: RunChoice<'cpuTools'>,
): Tool {
  const { cpu, name } = tool;
  if (cpu === undefined) return tool;
  const execute: Tool['execute'] = (input, context) => {
    if (cpuTools === 'auto' && cpu.isLight(input)) return tool.execute(input, context);
    // Waiting for a thread takes nothing of the tool's time.
    const goOn = context.pauseTime();
    return workers
      .run({ kind: 'tool', input: { name, input } }, { signal: context.signal, onBegin: goOn })
      .finally(goOn);
  };
  // Copies the getter of the input's schema, not its value, which is made when it is read first.
  const copied = Object.getOwnPropertyDescriptors(tool);
  return Object.defineProperties<Tool>({} as Tool, {
    ...copied,
    execute: { ...copied.execute, value: execute },
  });
}
