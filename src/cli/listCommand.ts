import { visibleText } from '../core/base/text.ts';
import type { CollectOptions } from './collectPrompts.ts';
import { collectPrompts } from './collectPrompts.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import { noPromptsIn } from './noPrompts.ts';
import type { Terminal } from './terminal.ts';

/**
 * `interleave list`: one line a prompt, in the order they would run: its identity, its name and, when
 * it is left out of a run, `skipped`. Files with errors are reported, and the others listed.
 */
export async function listCommand(
  places: readonly string[],
  options: CollectOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { prompts, remarks, broken } = await collectPrompts(places, options);
  for (const remark of remarks) terminal.err(`${remark}\n`);
  for (const { id, name, skip } of prompts) {
    const mark = skip ? '\tskipped' : '';
    terminal.out(`${visibleText(id)}\t${visibleText(name)}${mark}\n`);
  }
  if (prompts.length > 0) return broken.length > 0 ? exitCodes.someFailed : exitCodes.allDone;
  if (broken.length > 0) return exitCodes.usage;
  terminal.err(`${noPromptsIn(places)}\n`);
  return exitCodes.nothingToRun;
}
