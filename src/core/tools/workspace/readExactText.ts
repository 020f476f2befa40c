import { formatSize } from '../../base/limitValues.ts';
import { readBeginning } from '../../base/readRegularFile.ts';
import { ToolError } from '../tool.ts';
import type { PathCheck, ResolvedPath } from './pathCheck.ts';
import { withOpenFile } from './readTextFile.ts';
import { isSecretContent } from './secretContent.ts';
import { protectedError } from './workspaceErrors.ts';
import { quotedPath } from './workspacePath.ts';

/**
 * Reads a text file so that writing the text gives the same bytes. Throws a `ToolError` for a binary file, for
 * one that is not UTF-8, for one that is too large and for credentials.
 */
export function readExactText(
  file: ResolvedPath,
  check: PathCheck,
  maxBytes: number,
): Promise<string> {
  return withOpenFile(file, check, async (handle, size) => {
    const bytes = await readBeginning(handle, size, maxBytes);
    if (bytes.length > maxBytes) {
      throw new ToolError(
        `${quotedPath(file.path)} is too large to be changed: the limit is ${formatSize(maxBytes)}.`,
      );
    }
    const text = exactText(bytes);
    if (text === undefined) {
      throw new ToolError(
        `${quotedPath(file.path)} is not a text file in UTF-8 and cannot be changed.`,
      );
    }
    if (isSecretContent(text)) throw protectedError(file.path);
    return text;
  });
}

/** The text of these bytes; undefined when they are no UTF-8 text. */
export function exactText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
