import { UserError } from '../core/base/errors.ts';
import { pathKey } from '../core/base/pathKey.ts';
import { readRegularFile } from '../core/base/readRegularFile.ts';
import { visibleText } from '../core/base/text.ts';
import { plural } from '../shared/quantities.ts';
import type { CollectedPrompt } from './collectPrompts.ts';
import { fileProblem } from './fileProblem.ts';
import type { EarlierPrompt } from './matchPrompts.ts';
import { matchPrompts } from './matchPrompts.ts';
import { givenTargets, type OutputTargets } from './outputs.ts';
import { terminalText } from './terminalText.ts';

/** Maximum size of a result file; a larger one might not fit into one string. */
const maxResultBytes = 500_000_000;

/**
 * The prompts that are not done in a result of `--json`, also those with `skip`. Calls `report` with a line
 * for each difference from that run. Throws a `UserError` for a file that is not a result, and when none of
 * its unfinished prompts is found.
 */
export async function unfinishedPrompts(
  prompts: readonly CollectedPrompt[],
  resultFile: string,
  report: (line: string) => void,
): Promise<readonly CollectedPrompt[]> {
  const earlier = await conversationsIn(resultFile);
  const { same, changed, unclear, gone } = matchPrompts(earlier, prompts);
  const open = new Set([...same, ...changed].filter(([old]) => isOpen(old)).map(([, now]) => now));
  const lost = { unclear: unclear.filter(isOpen), gone: gone.filter(isOpen) };
  for (const line of changeMessages(changed)) report(line);
  for (const { id } of lost.unclear) report(`${visibleText(id)} ${isAmbiguous}`);
  const isAnyOpen = earlier.some(isOpen);
  if (isAnyOpen && open.size === 0 && lost.unclear.length === 0) {
    throw new UserError(
      `None of the unfinished prompts of ${resultFile} was found. Give the same files and folders as for that run.`,
    );
  }
  if (isAnyOpen && open.size === 0) throw new UserError('Nothing was sent.');
  if (lost.gone.length > 0) {
    const count = plural(lost.gone.length, 'prompt');
    report(`${count} of ${terminalText(resultFile)} not found and left out.`);
  }
  return prompts.filter((prompt) => open.has(prompt)).map((prompt) => ({ ...prompt, skip: false }));
}

/**
 * The prompts that are new, have another text, or are not done in a result of `--json`. Reports how many are done
 * and do not run again. Throws a `UserError` for a file that is not a result.
 */
export async function changedPrompts(
  prompts: readonly CollectedPrompt[],
  resultFile: string,
  report: (line: string) => void,
): Promise<readonly CollectedPrompt[]> {
  const { same } = matchPrompts(await conversationsIn(resultFile), prompts);
  const done = new Set(same.filter(([old]) => !isOpen(old)).map(([, now]) => now));
  if (done.size > 0) {
    const count = plural(done.size, 'prompt');
    report(`${count} unchanged and done in ${terminalText(resultFile)}; not run again.`);
  }
  return prompts.filter((prompt) => !done.has(prompt));
}

const isAmbiguous =
  'matches several prompts and is left out. Use --select, without --rerun-failed, to run the right one.';

function isOpen(prompt: EarlierPrompt): boolean {
  return prompt.isOpen;
}

function changeMessages(
  changed: readonly (readonly [EarlierPrompt, CollectedPrompt])[],
): readonly string[] {
  return changed.map(([old, { id }]) => {
    const effect = isOpen(old) ? 'It runs with the new text' : 'It is done and does not run again';
    return `${visibleText(id)} has another text than in that run. ${effect}.`;
  });
}

/** Throws a `UserError` if an output would replace the earlier result. */
export function checkRerunOutputs(resultFile: string, targets: OutputTargets): void {
  const earlier = pathKey(resultFile);
  if (!givenTargets(targets).some((target) => target !== '-' && pathKey(target) === earlier))
    return;
  throw new UserError(
    `${resultFile} holds the answers of the earlier run. Write the result of the rerun to another file.`,
  );
}

async function conversationsIn(resultFile: string): Promise<readonly EarlierPrompt[]> {
  const bytes = await readRegularFile(resultFile, { maxBytes: maxResultBytes }).catch(
    (error: unknown) => {
      throw new UserError(`${resultFile} ${fileProblem(error)}.`);
    },
  );
  const { runResultSchema } = await import('../core/export/resultSchema.ts');
  const read = runResultSchema.safeParse(parsed(bytes.toString('utf8')));
  if (!read.success) {
    throw new UserError(`${resultFile} is not a result that interleave run --json wrote.`);
  }
  return read.data.conversations.map(({ id, name, prompt, status }) => ({
    ...{ id, name, text: prompt },
    isOpen: status !== 'done',
  }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
