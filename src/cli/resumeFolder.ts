import { stat } from 'node:fs/promises';
import { UserError } from '../core/base/errors.ts';
import { missingFolders } from '../core/runner/sameOrigin.ts';
import type { SavedRequest } from '../core/runner/savedRequest.ts';
import { terminalLine } from './terminalText.ts';

/**
 * Throws a `UserError` unless the current folder is the one in which the run was started. Tools read the
 * files of the current folder, so another folder would change the run.
 */
export async function checkFolder(
  { folders }: Pick<SavedRequest, 'folders'>,
  here: string,
): Promise<void> {
  const [elsewhere] = missingFolders(folders, [{ name: '', path: here }]);
  if (elsewhere === undefined) return;
  const shown = terminalLine(elsewhere.path);
  if (!(await isFolder(elsewhere.path))) {
    throw new UserError(
      `This run was started in ${shown}, which no longer exists, so it cannot be resumed. Start its prompts as a new run.`,
    );
  }
  throw new UserError(
    `This run was started in ${shown}, whose files its tools read. Resume it there${cdCommand(elsewhere.path)}`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Paths that every shell reads the same way: without quotes, and in double quotes. */
const plainPath = /^[\w./+@:-]{1,300}$/;
const quotablePath = /^[\w./\\+@:(), -]{1,300}$/;

/** `: cd <path>`, or nothing for a path with characters special to a shell. */
function cdCommand(path: string): string {
  if (plainPath.test(path)) return `: cd ${path}`;
  return quotablePath.test(path) ? `: cd "${path}"` : '.';
}
