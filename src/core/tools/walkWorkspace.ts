import { readdir } from 'node:fs/promises';
import * as path from 'node:path';
import { isProtected } from './protectedFiles.ts';
import type { ResolvedPath, WorkspaceGate } from './workspaceGate.ts';
import {
  fileError,
  isExcluded,
  isUnmoved,
  movedError,
  resolveInWorkspace,
} from './workspaceGate.ts';
import type { WorkspacePlace } from './workspacePath.ts';
import { formatWorkspacePath, isUsableName, parseWorkspacePath } from './workspacePath.ts';

/** Something in a folder. Links and special files are never shown. */
export interface FolderEntry {
  readonly name: string;
  readonly place: WorkspacePlace;
  /** Workspace path, without a slash at the end. */
  readonly path: string;
  readonly realPath: string;
  readonly isFolder: boolean;
}

type Folder = Pick<FolderEntry, 'place' | 'path' | 'realPath'>;

/** Huge, and other people's code: looked into only when it is named. */
const skippedFolder = 'node_modules';

/**
 * What is in a folder, sorted so that a walk through it gives all paths in code unit order. Leaves
 * out what the gate would refuse. Throws a `ToolError` when the folder cannot be read.
 */
export async function readFolder(
  folder: Folder,
  gate: WorkspaceGate,
): Promise<readonly FolderEntry[]> {
  try {
    const found = await readdir(folder.realPath, { withFileTypes: true });
    // The folder may have become a link; the names were then those of another place.
    if (!(await isUnmoved(folder.realPath))) throw movedError(folder.path);
    return found
      .filter((entry) => (entry.isFile() || entry.isDirectory()) && isUsableName(entry.name))
      .map((entry) => toEntry(folder, entry.name, entry.isDirectory(), gate))
      .filter((entry) => !isProtected([entry.name]) && !isExcluded(entry.place.segments, gate))
      .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  } catch (error) {
    throw fileError(error, folder.path);
  }
}

/** Where a path leads: one file or folder, or every root when it is the top of several. */
export async function startsOf(
  requested: string,
  gate: WorkspaceGate,
): Promise<readonly ResolvedPath[]> {
  const isTop = parseWorkspacePath(requested, gate.roots) === undefined;
  const paths = isTop ? gate.roots.map(({ name }) => name) : [requested];
  return Promise.all(paths.map((path) => resolveInWorkspace(path, gate)));
}

/**
 * Everything below a folder; the files come in the order of their paths. Folders that cannot be read
 * are passed over. Whoever walks decides with every entry whether to go on.
 */
export async function* walkFolder(
  start: ResolvedPath,
  gate: WorkspaceGate,
): AsyncGenerator<FolderEntry, void, undefined> {
  const waiting = (await readFolder(start, gate)).toReversed();
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (entry.isFolder && entry.name === skippedFolder) continue;
    yield entry;
    if (!entry.isFolder) continue;
    const inside = await readFolder(entry, gate).catch(() => []);
    for (const child of inside.toReversed()) waiting.push(child);
  }
}

function toEntry(
  folder: Folder,
  name: string,
  isFolder: boolean,
  gate: WorkspaceGate,
): FolderEntry {
  const place = { root: folder.place.root, segments: [...folder.place.segments, name] };
  return {
    name,
    place,
    path: formatWorkspacePath(place, gate.roots),
    realPath: path.join(folder.realPath, name),
    isFolder,
  };
}

function sortKey(entry: FolderEntry): string {
  return entry.isFolder ? `${entry.name}/` : entry.name;
}
