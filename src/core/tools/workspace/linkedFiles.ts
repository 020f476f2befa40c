import { messageOf } from '../../../shared/thrown.ts';
import { formatSize } from '../../base/limitValues.ts';
import type { FileList, FileText, Workspace } from './workspace.ts';
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
  /** The bytes of the first of these files that there is, however large it is. Rejects as `read` does. */
  open(paths: readonly string[]): AsyncIterable<Uint8Array>;
  /** The files that a glob matches, sorted, and the number of files and folders that may not be read. */
  list(glob: string): Promise<Pick<FileList, 'paths' | 'isCut'> & { readonly leftOut: number }>;
}

/** What `createLinkedFiles` needs. */
export interface LinkedFilesOptions {
  readonly workspace: Pick<Workspace, 'readText' | 'list' | 'locate'>;
  /** The bytes of a file of the workspace. */
  readonly readBytes: (path: string) => AsyncIterable<Uint8Array>;
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
  readBytes,
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
  const firstOf = async <T>(paths: readonly string[], act: (path: string) => Promise<T>) => {
    const [first = '', ...others] = paths;
    try {
      return await act(first);
    } catch (error) {
      // A path that is missing in one folder may be there in the next.
      for (const other of isMissing(error) ? others : []) {
        const found = await act(other).catch(() => undefined);
        if (found !== undefined) return found;
      }
      throw new Error(reasonOf(error));
    }
  };
  const begin = async (path: string): Promise<AsyncIterable<Uint8Array>> => {
    const text = openText?.(await workspace.locate(path, signal));
    return text === undefined ? begun(readBytes(path)) : bytesOf(text);
  };
  return {
    read: (paths) => firstOf(paths, read),
    open: async function* (paths) {
      yield* await firstOf(paths, begin);
    },
    list: async (glob) => {
      const { paths, isCut, leftOut } = await workspace.list({ path: '', pattern: glob }, signal);
      return { paths, isCut, leftOut: Object.values(leftOut).reduce((sum, one) => sum + one, 0) };
    },
  };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** The same bytes, after the first of them are read: what cannot be opened rejects here. */
async function begun(bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  })();
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
