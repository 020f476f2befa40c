import * as path from 'node:path';
import { codeOf } from '../../base/errors.ts';
import { ToolError } from '../tool.ts';
import type { PathCheck } from './pathCheck.ts';
import { assertAllowed, resolveInWorkspace } from './pathCheck.ts';
import { readExactText } from './readExactText.ts';
import type { WriteTarget } from './workspace.ts';
import { fileError } from './workspaceErrors.ts';
import type { WorkspacePlace } from './workspacePath.ts';
import {
  assertPortableName,
  formatWorkspacePath,
  parseWorkspacePath,
  quotedPath,
} from './workspacePath.ts';
import { assertWritable } from './writeProtection.ts';

/**
 * The one way from a path of the model's to a file that may be written, whether it is there or not. It really is
 * inside the workspace, no part of its path is a link, and it is neither excluded nor protected. Throws a
 * `ToolError` for everything else.
 */
export async function writeTarget(
  requested: string,
  check: PathCheck,
  maxBytes: number,
): Promise<WriteTarget> {
  const place = parseWorkspacePath(requested, check.roots);
  if (place === undefined || place.segments.length === 0) {
    throw new ToolError(`${quotedPath(requested)} is the top of the workspace, not a file.`);
  }
  assertAllowed(place.segments, 'file', requested, check);
  assertWritable(place.segments, requested);
  const existing = await existingPart(place, requested, check);
  const missing = place.segments.slice(existing.length);
  if (missing.length === 0) return fileTarget(requested, check, maxBytes);
  for (const name of missing) assertPortableName(name, requested);
  // The folder's real name: case may not count on this disk.
  const folder = formatWorkspacePath({ root: place.root, segments: existing }, check.roots);
  const { place: real, realPath } = await resolveInWorkspace(folder, check);
  const target = { root: real.root, segments: [...real.segments, ...missing] };
  assertAllowed(target.segments, 'file', requested, check);
  assertWritable(target.segments, requested);
  return {
    path: formatWorkspacePath(target, check.roots),
    realPath: path.join(realPath, ...missing),
    openPath: openPath(target),
    read: async () => null,
  };
}

function openPath({ root, segments }: WorkspacePlace): string {
  return path.join(root.path, ...segments);
}

async function fileTarget(
  requested: string,
  check: PathCheck,
  maxBytes: number,
): Promise<WriteTarget> {
  const file = await resolveInWorkspace(requested, check);
  if (file.kind === 'folder') {
    throw new ToolError(`${quotedPath(requested)} is a folder. Only files can be changed.`);
  }
  assertWritable(file.place.segments, requested);
  return {
    path: file.path,
    realPath: file.realPath,
    openPath: openPath(file.place),
    read: () => readExactText(file, check, maxBytes),
  };
}

/** The names from the root that are there. Throws a `ToolError` where one is a link, or a file above the last. */
async function existingPart(
  { root, segments }: WorkspacePlace,
  requested: string,
  { access }: PathCheck,
): Promise<readonly string[]> {
  try {
    let folder = await access.realpath(root.path);
    for (const [index, name] of segments.entries()) {
      folder = path.join(folder, name);
      const stats = await access.lstat(folder).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error;
      });
      if (stats === undefined) return segments.slice(0, index);
      if (stats.isSymbolicLink()) throw linkError(requested);
      if (!stats.isDirectory() && index < segments.length - 1) {
        throw new ToolError(`${quotedPath(requested)} leads through a file, not a folder.`);
      }
    }
    return segments;
  } catch (error) {
    throw fileError(error, requested);
  }
}

function linkError(requested: string): ToolError {
  return new ToolError(
    `${quotedPath(requested)} is a symbolic link or leads through one. Name the file itself.`,
  );
}
