import type { FileHandle } from 'node:fs/promises';
import { readBeginning } from '../../base/readRegularFile.ts';
import { ToolError } from '../tool.ts';
import { defaultToolLimits } from '../toolLimits.ts';
import type { WindowPlace } from './fileWindow.ts';
import { readWindow } from './fileWindow.ts';
import { openResolved } from './openResolved.ts';
import type { PathCheck, ResolvedPath } from './pathCheck.ts';
import { isSecretContent, secretProbeLength } from './secretContent.ts';
import type { FileText, TextWindow } from './workspace.ts';
import { FolderError, fileError, protectedError } from './workspaceErrors.ts';
import { quotedPath } from './workspacePath.ts';

/** A NUL byte within this many bytes means that a file is binary. */
const binaryProbeBytes = 8192;
/** Bytes of a file in which credentials are looked for: at least as many as `isSecretContent` looks at. */
const secretProbeBytes = 4 * secretProbeLength;

/**
 * Reads a text file as UTF-8 and replaces invalid bytes. Of a file with more than `maxBytes` it reads the
 * beginning. Throws a `ToolError` for a binary file and for one that contains credentials.
 */
export async function readTextFile(
  file: ResolvedPath,
  check: PathCheck,
  maxBytes: number = defaultToolLimits.fileBytes,
): Promise<FileText> {
  return withOpenFile(file, check, (handle, bytes) => readText(file, handle, { bytes, maxBytes }));
}

/** Reads a text file as a whole; a file that is too large is not read at all. */
export async function readWholeTextFile(
  file: ResolvedPath,
  check: PathCheck,
  maxBytes: number,
): Promise<FileText | 'too large'> {
  const read = await withOpenFile(file, check, async (handle, bytes) =>
    bytes > maxBytes ? 'too large' : readText(file, handle, { bytes, maxBytes }),
  );
  // A file can be longer than its reported size.
  return read !== 'too large' && read.isCut ? 'too large' : read;
}

/** Opens a file, calls `act` with its size, and closes the file afterwards. */
export async function withOpenFile<T>(
  file: ResolvedPath,
  check: PathCheck,
  act: (handle: FileHandle, bytes: number) => Promise<T>,
): Promise<T> {
  if (file.kind === 'folder') throw new FolderError(file.path);
  const handle = await openResolved(file, check);
  try {
    return await act(handle, (await handle.stat()).size);
  } catch (error) {
    throw fileError(error, file.path);
  } finally {
    await handle.close();
  }
}

/** Reads a part of a text file, however large the file is. Refuses the same files as `readTextFile`. */
export async function readTextWindow(
  file: ResolvedPath,
  check: PathCheck,
  place: WindowPlace,
  signal: AbortSignal,
): Promise<TextWindow> {
  return withTextFile(file, check, async (handle, bytes) => ({
    path: file.path,
    ...(await readWindow(handle, bytes, place, signal)),
  }));
}

/** Opens a text file, however large it is, and calls `act`. Refuses the same files as `readTextFile`. */
export async function withTextFile<T>(
  file: ResolvedPath,
  check: PathCheck,
  act: (handle: FileHandle, bytes: number) => Promise<T>,
): Promise<T> {
  return withOpenFile(file, check, async (handle, bytes) => {
    const beginning = await readBeginning(handle, bytes, secretProbeBytes);
    assertIsText(file, beginning, new TextDecoder().decode(beginning));
    return act(handle, bytes);
  });
}

function assertIsText(file: ResolvedPath, bytes: Uint8Array, text: string): void {
  if (bytes.subarray(0, binaryProbeBytes).includes(0)) {
    throw new ToolError(`${quotedPath(file.path)} is a binary file and cannot be read as text.`);
  }
  if (isSecretContent(text)) throw protectedError(file.path);
}

async function readText(
  file: ResolvedPath,
  handle: FileHandle,
  size: { readonly bytes: number; readonly maxBytes: number },
): Promise<FileText> {
  const { maxBytes } = size;
  const bytes = await readBeginning(handle, size.bytes, maxBytes);
  const isCut = bytes.length > maxBytes;
  // In streaming mode the decoder drops a character that the limit has split.
  const text = new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: isCut });
  assertIsText(file, bytes, text);
  return { path: file.path, text: text.replaceAll('\r\n', '\n'), bytes: size.bytes, isCut };
}
