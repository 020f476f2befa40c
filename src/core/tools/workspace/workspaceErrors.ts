import { codeOf } from '../../base/errors.ts';
import { UnusableFileError } from '../../base/unusableFile.ts';
import { ToolError } from '../tool.ts';
import type { WorkspaceRoot } from './workspace.ts';
import { quotedPath } from './workspacePath.ts';

/** The error for a file that was replaced after it was checked. */
export function movedError(workspacePath: string): ToolError {
  return new ToolError(
    `${quotedPath(workspacePath)} changed while it was being opened. Try again.`,
  );
}

/** The model requested a file that may contain credentials. */
export class ProtectedFileError extends ToolError {}

/** The error for such a file. */
export function protectedError(workspacePath: string): ProtectedFileError {
  return new ProtectedFileError(
    `${quotedPath(workspacePath)} is not readable: files that usually hold credentials are withheld.`,
  );
}

/** The model requested a folder where a file is needed. */
export class FolderError extends ToolError {
  constructor(workspacePath: string) {
    super(`${quotedPath(workspacePath)} is a folder. list_files shows what is in it.`);
  }
}

/** A workspace folder was deleted or moved, with everything in it. */
export class MissingRootError extends ToolError {
  constructor({ name }: WorkspaceRoot, cause: unknown) {
    super(`The workspace folder ${quotedPath(name)} no longer exists.`, { cause });
  }
}

/** Whether an error of the file system, or the `fileError` of one, means that there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : undefined);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Describes a file system error for the model, without the absolute paths of its own message. */
export function fileError(error: unknown, requested: string): unknown {
  // It was a regular file when it was checked.
  if (error instanceof UnusableFileError) return movedError(requested);
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
