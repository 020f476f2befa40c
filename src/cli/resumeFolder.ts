import { stat } from 'node:fs/promises';
import { UserError } from '../core/base/errors.ts';
import type { KeptRequest } from '../core/runner/keptRequest.ts';
import { missingFolders } from '../core/runner/sameOrigin.ts';
import { terminalLine } from './terminalText.ts';

/**
 * Throws a `UserError` unless the command is given in the folder in which the run was started: its tools look
 * at the files of the current folder, and another one has other files.
 */
export async function checkFolder(
  { folders }: Pick<KeptRequest, 'folders'>,
  here: string,
): Promise<void> {
  const [elsewhere] = missingFolders(folders, [{ name: '', path: here }]);
  if (elsewhere === undefined) return;
  const shown = terminalLine(elsewhere.path);
  if (!(await isFolder(elsewhere.path))) {
    throw new UserError(
      `This run was started in ${shown}, which is not there any more, so it cannot go on. Start its prompts as a new run.`,
    );
  }
  throw new UserError(
    `This run was started in ${shown}, where its tools look at files. Go there and resume it${commandToGo(elsewhere.path)}`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Paths that mean the same in every shell, as they are or in double quotes. */
const plainPath = /^[\w./+@:-]{1,300}$/;
const quotablePath = /^[\w./\\+@:(), -]{1,300}$/;

/** One that a shell could read otherwise is left to the person. */
function commandToGo(path: string): string {
  if (plainPath.test(path)) return `: cd ${path}`;
  return quotablePath.test(path) ? `: cd "${path}"` : '.';
}
