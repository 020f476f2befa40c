import { messageOf } from '../../../shared/thrown.ts';
import { formatSize } from '../../base/limitValues.ts';
import type { FileText, Workspace } from './workspace.ts';
import { FolderError, isMissing, ProtectedFileError } from './workspaceErrors.ts';

/** A text file that a prompt names. */
type LinkedFile = Pick<FileText, 'path' | 'text'>;

/** Reads the files that prompts name. */
export interface LinkedFileReader {
  /**
   * Reads the first of these paths that there is. Rejects with an error whose message, a whole sentence, says why it
   * may not be read.
   */
  read(paths: readonly string[]): Promise<LinkedFile>;
}

/** What `createLinkedFiles` needs. */
export interface LinkedFilesOptions {
  readonly workspace: Pick<Workspace, 'readText'>;
  /** Removes known keys from what is read. */
  readonly hideKeys: (text: string) => string;
  /** The text of a file that is open in an editor, by its workspace path; of none when absent. */
  readonly openText?: (path: string) => string | undefined;
}

/**
 * The files that prompts may name: those that tools may read, of at most as many bytes as tools read at once. Each is
 * read once.
 */
export function createLinkedFiles({
  workspace,
  hideKeys,
  openText,
}: LinkedFilesOptions): LinkedFileReader {
  const known = new Map<string, Promise<LinkedFile>>();
  const signal = new AbortController().signal;
  const readOne = async (path: string): Promise<LinkedFile> => {
    const file = await workspace.readText(path, signal);
    const text = openText?.(file.path) ?? file.text;
    if (!file.isCut) return { path: file.path, text: hideKeys(text) };
    throw new Error(`It has ${formatSize(file.bytes)}, more than the limit for files.`);
  };
  const read = (path: string): Promise<LinkedFile> => {
    const reading = known.get(path) ?? readOne(path);
    known.set(path, reading);
    return reading;
  };
  return {
    read: async ([first = '', ...others]) => {
      try {
        return await read(first);
      } catch (error) {
        // A path that is missing in one folder may be there in the next.
        for (const other of isMissing(error) ? others : []) {
          const found = await read(other).catch(() => undefined);
          if (found !== undefined) return found;
        }
        throw new Error(reasonOf(error));
      }
    },
  };
}

/** In a sentence for people: the errors of the workspace are for models. */
function reasonOf(error: unknown): string {
  if (isMissing(error)) return 'There is no such file in the workspace.';
  if (error instanceof ProtectedFileError) {
    return 'Files that usually hold credentials are never sent.';
  }
  if (error instanceof FolderError) return 'It is a folder.';
  return messageOf(error);
}
