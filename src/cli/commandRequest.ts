import type { RunPrompt, RunRequest } from '../core/runner/runRequest.ts';
import { limitValues } from './givenLimits.ts';
import type { RunCommandOptions } from './runOptions.ts';

/** The default system prompt. */
export const systemPrompt =
  'You answer one prompt, on your own and without questions back. Use the tools for arithmetic and ' +
  'for looking at files instead of guessing.';

/** The run request for the prompts and options of a command line. */
export function commandRequest(
  title: string,
  prompts: readonly RunPrompt[],
  options: RunCommandOptions,
): RunRequest {
  const { provider, mode, failure, concurrency, toolExecution, cpuTools } = options;
  return {
    title,
    // Collected prompts also have what they are made of, which a request does not know.
    prompts: prompts.map(({ id, name, text, options: own, vars = {}, source }) => ({
      ...{ id, name, text, options: own },
      ...(Object.keys(vars).length === 0 ? {} : { vars }),
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
    // A run on the command line does not wait for the user to fix what pauses it.
    interactive: false,
  };
}
