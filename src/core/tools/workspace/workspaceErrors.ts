import { codeOf } from '../../base/errors.ts';
import { RefusedFileError } from '../../base/refusedFile.ts';
import { ToolError } from '../tool.ts';
import type { WorkspaceRoot } from './workspace.ts';
import { quotedPath } from './workspacePath.ts';

/** What is said of a file that is not what was checked. */
export function movedError(workspacePath: string): ToolError {
  return new ToolError(
    `${quotedPath(workspacePath)} changed while it was being opened. Try again.`,
  );
}

/** A file that may hold credentials was asked for. */
export class ProtectedFileError extends ToolError {}

/** What is said of such a file. */
export function protectedError(workspacePath: string): ProtectedFileError {
  return new ProtectedFileError(
    `${quotedPath(workspacePath)} is not readable: files that usually hold credentials are withheld.`,
  );
}

/** A folder of the workspace was deleted or moved, and everything in it with it. */
export class MissingRootError extends ToolError {
  constructor({ name }: WorkspaceRoot, cause: unknown) {
    super(`The workspace folder ${quotedPath(name)} does not exist any more.`, { cause });
  }
}

/** Whether the file system says that there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The file system's errors in words for the model; their own messages hold absolute paths. */
export function fileError(error: unknown, requested: string): unknown {
  // It was a regular file when it was looked at.
  if (error instanceof RefusedFileError) return movedError(requested);
  const code = codeOf(error);
  if (code === undefined) return error;
  const problem = isMissing(error) ? missing(requested) : fileProblem(code);
  return new ToolError(`${quotedPath(requested)} ${problem}`, { cause: error });
}

function missing(requested: string): string {
  const hint = requested.includes('\\') ? ' Put / between folders.' : '';
  return `does not exist in the workspace.${hint} list_files shows what does.`;
}

function fileProblem(code: string): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by this user.';
    case 'ELOOP':
      return 'is a link that leads in a circle or has just changed.';
    case 'ENAMETOOLONG':
      return 'is too long a path.';
    case 'EISDIR':
      return 'is a folder. list_files shows what is in it.';
    default:
      return `could not be read (${code}).`;
  }
}
