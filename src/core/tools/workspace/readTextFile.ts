import type { FileHandle } from 'node:fs/promises';
import { readBeginning } from '../../base/readRegularFile.ts';
import { ToolError } from '../tool.ts';
import { defaultToolLimits } from '../toolLimits.ts';
import { openResolved } from './openResolved.ts';
import { isSecretContent } from './secretContent.ts';
import type { FileText } from './workspace.ts';
import { fileError, protectedError } from './workspaceErrors.ts';
import type { ResolvedPath, WorkspaceGate } from './workspaceGate.ts';
import { quotedPath } from './workspacePath.ts';

/** Where a NUL byte gives a file away as binary. */
const binaryProbeBytes = 8192;

/**
 * Reads a text file as UTF-8, bytes that are none replaced, and of one with more than `maxBytes` the
 * beginning. Throws a `ToolError` for a binary file and for one that turns out to be credentials.
 */
export async function readTextFile(
  file: ResolvedPath,
  gate: WorkspaceGate,
  maxBytes: number = defaultToolLimits.fileBytes,
): Promise<FileText> {
  return withOpenFile(file, gate, (handle, bytes) => readText(file, handle, { bytes, maxBytes }));
}

/** The same for a file that is of use as a whole only: one that is too large is not read at all. */
export async function readWholeTextFile(
  file: ResolvedPath,
  gate: WorkspaceGate,
  maxBytes: number,
): Promise<FileText | 'too large'> {
  const read = await withOpenFile(file, gate, async (handle, bytes) =>
    bytes > maxBytes ? 'too large' : readText(file, handle, { bytes, maxBytes }),
  );
  // It can be longer than it says.
  return read !== 'too large' && read.isCut ? 'too large' : read;
}

/** Opens a file, looks at its size and closes it when `act` is done with it. */
export async function withOpenFile<T>(
  file: ResolvedPath,
  gate: WorkspaceGate,
  act: (handle: FileHandle, bytes: number) => Promise<T>,
): Promise<T> {
  if (file.kind === 'folder') {
    throw new ToolError(`${quotedPath(file.path)} is a folder. list_files shows what is in it.`);
  }
  const handle = await openResolved(file, gate);
  try {
    return await act(handle, (await handle.stat()).size);
  } catch (error) {
    throw fileError(error, file.path);
  } finally {
    await handle.close();
  }
}

async function readText(
  file: ResolvedPath,
  handle: FileHandle,
  size: { readonly bytes: number; readonly maxBytes: number },
): Promise<FileText> {
  const { maxBytes } = size;
  const bytes = await readBeginning(handle, size.bytes, maxBytes);
  if (bytes.subarray(0, binaryProbeBytes).includes(0)) {
    throw new ToolError(`${quotedPath(file.path)} is a binary file and cannot be read as text.`);
  }
  const isCut = bytes.length > maxBytes;
  // In a stream a character that the limit cut in two is left out instead of replaced.
  const text = new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: isCut });
  if (isSecretContent(text)) throw protectedError(file.path);
  return { path: file.path, text: text.replaceAll('\r\n', '\n'), bytes: size.bytes, isCut };
}
