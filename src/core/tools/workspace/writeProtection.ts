import { foldCase } from '../../base/protectedFiles.ts';
import { ToolError } from '../tool.ts';
import { quotedPath } from './workspacePath.ts';

/** Settings, tasks and launch files of the editor start programs; what runs them must be written by the user. */
const readOnlyFolders: ReadonlySet<string> = new Set(['.vscode', '.devcontainer']);
const readOnlyFiles = /\.code-workspace$/;

/** Throws a `ToolError` for a file that may be read but never be changed. */
export function assertWritable(segments: readonly string[], requested: string): void {
  const names = segments.map(foldCase);
  const isReadOnly = names.some((name) => readOnlyFolders.has(name) || readOnlyFiles.test(name));
  if (!isReadOnly) return;
  throw new ToolError(
    `${quotedPath(requested)} may not be changed: it holds settings of the editor, which can start programs.`,
  );
}
