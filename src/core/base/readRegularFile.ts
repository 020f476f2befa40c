import type { FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import { formatInteger } from '../../shared/quantities.ts';
import type { FileAccess } from './fileAccess.ts';
import { nodeFileAccess } from './fileAccess.ts';
import { formatSize } from './limitValues.ts';
import type { OpenOptions } from './openRegularFile.ts';
import { openRegularFile, realPathOf } from './openRegularFile.ts';
import { UnusableFileError } from './unusableFile.ts';

/** The conditions for reading a file. */
export interface ReadOptions extends Pick<OpenOptions, 'links'> {
  /** Max bytes; a larger file is not read at all. */
  readonly maxBytes: number;
  /** The folder that must contain the file after all links are followed; any folder when absent. */
  readonly within?: string;
}

/**
 * Reads a whole regular file. Checks size and path of the open descriptor before reading. Throws a
 * `UnusableFileError` for a file that must not be read.
 */
export async function readRegularFile(
  file: string,
  { maxBytes, within, links = 'follow' }: ReadOptions,
  access: FileAccess = nodeFileAccess,
): Promise<Buffer> {
  const handle = await openRegularFile(file, { links }, access);
  try {
    if (within !== undefined) {
      assertInside(await access.realpath(within), await realPathOf(handle, file, access));
    }
    const { size } = await handle.stat();
    if (size > maxBytes) throw tooLarge(size, maxBytes);
    const bytes = await readBeginning(handle, size, maxBytes);
    if (bytes.length > maxBytes) throw tooLarge(bytes.length, maxBytes);
    return bytes;
  } finally {
    await handle.close();
  }
}

/** Reads at most `maxBytes` + 1 bytes, because a file can be longer than its reported size. */
export async function readBeginning(
  handle: FileHandle,
  expectedBytes: number,
  maxBytes: number,
): Promise<Buffer> {
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

function assertInside(folder: string, file: string): void {
  const relative = path.relative(folder, file);
  const isOutside = path.isAbsolute(relative) || relative.split(path.sep)[0] === '..';
  if (isOutside) throw new UnusableFileError('outside');
}

/** The error for a file that has more bytes than are allowed. */
export function tooLarge(bytes: number, maxBytes: number): UnusableFileError {
  const size = formatInteger(bytes);
  const limit = `${formatInteger(maxBytes)} (${formatSize(maxBytes)})`;
  return new UnusableFileError('too large', `has ${size} bytes; the limit is ${limit}`);
}
