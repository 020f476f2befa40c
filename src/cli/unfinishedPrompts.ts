import * as path from 'node:path';
import { UserError } from '../core/base/errors.ts';
import { readRegularFile } from '../core/base/readRegularFile.ts';
import { runResultSchema } from '../core/export/resultSchema.ts';
import { plural } from '../shared/quantities.ts';
import type { CollectedPrompt } from './collectPrompts.ts';
import { fileProblem } from './fileProblem.ts';
import type { OutputTargets } from './outputs.ts';
import { terminalText } from './terminalText.ts';

/** Largest result that is read: what fits into one string. */
const maxResultBytes = 500_000_000;

/**
 * Leaves the prompts that are not done in a result that `--json` wrote, whether they are marked to be
 * skipped or not. `remark` hears how many of those are no longer there. Throws a `UserError` for a file
 * that is no result.
 */
export async function unfinishedPrompts(
  prompts: readonly CollectedPrompt[],
  resultFile: string,
  remark: (line: string) => void,
): Promise<readonly CollectedPrompt[]> {
  const openIds = await unfinishedIn(resultFile);
  const found = prompts.filter(({ id }) => openIds.has(id));
  if (openIds.size > 0 && found.length === 0) {
    throw new UserError(
      `None of the prompts that are not done in ${resultFile} is here. Name the same files and folders as in that run.`,
    );
  }
  const missing = openIds.size - found.length;
  if (missing > 0) {
    remark(`${plural(missing, 'prompt')} of ${terminalText(resultFile)} not found here: left out.`);
  }
  return found.map((prompt) => ({ ...prompt, skip: false }));
}

/** Refuses to replace the answers of the earlier run by those of its rerun. */
export function checkRerunOutputs(resultFile: string, targets: OutputTargets): void {
  const { json, jsonl, junit, markdown } = targets;
  const earlier = path.resolve(resultFile);
  const files = [json, jsonl, junit, markdown].filter((target) => target !== undefined);
  if (!files.some((target) => target !== '-' && path.resolve(target) === earlier)) return;
  throw new UserError(
    `${resultFile} holds the answers of the earlier run. Write the result of the rerun to another file.`,
  );
}

async function unfinishedIn(resultFile: string): Promise<ReadonlySet<string>> {
  const bytes = await readRegularFile(resultFile, { maxBytes: maxResultBytes }).catch(
    (error: unknown) => {
      throw new UserError(`${resultFile} ${fileProblem(error)}.`);
    },
  );
  const read = runResultSchema.safeParse(parsed(bytes.toString('utf8')));
  if (!read.success) {
    throw new UserError(`${resultFile} is not a result that interleave run --json wrote.`);
  }
  const open = read.data.conversations.filter(({ status }) => status !== 'done');
  return new Set(open.map(({ id }) => id));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
