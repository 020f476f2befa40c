import { visibleText } from '../core/base/text.ts';
import type { CollectOptions } from './collectPrompts.ts';
import { collectPrompts } from './collectPrompts.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import { noPromptsIn } from './noPrompts.ts';
import type { Terminal } from './terminal.ts';

/**
 * `interleave list`: prints one line for each prompt, in run order: its id, its name and, when a run would
 * skip it, `skipped`. Reports files with errors and lists the others.
 */
export async function listCommand(
  paths: readonly string[],
  options: CollectOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { prompts, messages, broken } = await collectPrompts(paths, options);
  for (const message of messages) terminal.err(`${message}\n`);
  for (const { id, name, skip } of prompts) {
    const mark = skip ? '\tskipped' : '';
    terminal.out(`${visibleText(id)}\t${visibleText(name)}${mark}\n`);
  }
  if (prompts.length > 0) return broken.length > 0 ? exitCodes.someFailed : exitCodes.allDone;
  if (broken.length > 0) return exitCodes.usage;
  terminal.err(`${noPromptsIn(paths)}\n`);
  return exitCodes.nothingToRun;
}
