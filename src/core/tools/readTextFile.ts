import type { FileHandle } from 'node:fs/promises';
import { ToolError } from './tool.ts';
import { defaultToolLimits } from './toolLimits.ts';
import type { FileText } from './workspace.ts';
import type { ResolvedPath } from './workspaceGate.ts';
import { fileError, openResolved } from './workspaceGate.ts';
import { quoted } from './workspacePath.ts';

/** Where a NUL byte gives a file away as binary. */
const binaryProbeBytes = 8192;

/**
 * Reads a text file as UTF-8, bytes that are none replaced, and of one with more than `maxBytes` the
 * beginning. Throws a `ToolError` for a binary file.
 */
export async function readTextFile(
  file: ResolvedPath,
  maxBytes: number = defaultToolLimits.fileBytes,
): Promise<FileText> {
  if (file.kind === 'folder') {
    throw new ToolError(`${quoted(file.path)} is a folder. list_files shows what is in it.`);
  }
  const handle = await openResolved(file);
  try {
    const bytes = await readBeginning(handle, file.bytes, maxBytes);
    if (bytes.subarray(0, binaryProbeBytes).includes(0)) {
      throw new ToolError(`${quoted(file.path)} is a binary file and cannot be read as text.`);
    }
    const isCut = bytes.length > maxBytes;
    // In a stream a character that the limit cut in two is left out instead of replaced.
    const text = new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: isCut });
    return { text: text.replaceAll('\r\n', '\n'), bytes: file.bytes, isCut };
  } catch (error) {
    throw fileError(error, file.path);
  } finally {
    await handle.close();
  }
}

/** One byte more than may be read, if there is one: files can be longer than they say. */
async function readBeginning(
  handle: FileHandle,
  expectedBytes: number,
  maxBytes: number,
): Promise<Uint8Array> {
  let buffer = Buffer.allocUnsafe(Math.min(expectedBytes, maxBytes) + 1);
  let length = 0;
  while (length <= maxBytes) {
    if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(length)]);
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, Math.min(length, maxBytes + 1));
}
