import type { RunPrompt, RunRequest } from '../core/runner/runRequest.ts';
import { limitValues } from './limitOptions.ts';
import type { RunCommandOptions } from './runOptions.ts';

/** The system prompt where none is given. */
export const systemPrompt =
  'You answer one prompt, on your own and without questions back. Use the tools for arithmetic and ' +
  'for looking at files instead of guessing.';

/** What a command line asks to be run. */
export function commandRequest(
  title: string,
  prompts: readonly RunPrompt[],
  options: RunCommandOptions,
): RunRequest {
  const { provider, mode, failure, concurrency, toolExecution, cpuTools } = options;
  return {
    title,
    // Prompts of files also say whether they are skipped, which is decided by now.
    prompts: prompts.map(({ id, name, text, options: own, source }) => ({
      ...{ id, name, text, options: own },
      ...(source === undefined ? {} : { source }),
    })),
    settings: {
      ...{ provider, mode, failure, concurrency, toolExecution, cpuTools },
      model: options.model ?? '',
      agent: '',
      reasoningEffort: options.effort ?? 'default',
      systemPrompt: options.system ?? systemPrompt,
      tools: [],
      warmUpCache: options.warmUp,
      limits: limitValues(options),
    },
    // Nobody is there to mend what pauses it.
    interactive: false,
  };
}
