import type { Dirent } from 'node:fs';
import * as path from 'node:path';
import { isProtected } from '../../base/protectedFiles.ts';
import type { LeftOutCounter, LeftOutEntry } from './leftOut.ts';
import { readResolved } from './openResolved.ts';
import type { PathCheck, ResolvedPath } from './pathCheck.ts';
import { isExcluded, resolveEntry, resolveInWorkspace } from './pathCheck.ts';
import { MissingRootError } from './workspaceErrors.ts';
import type { WorkspacePlace } from './workspacePath.ts';
import { formatWorkspacePath, isUsableName, parseWorkspacePath } from './workspacePath.ts';

/** A file or folder in a folder. Links and special files are never shown. */
export interface FolderEntry {
  readonly name: string;
  readonly place: WorkspacePlace;
  /** Workspace path, without a slash at the end. */
  readonly path: string;
  readonly realPath: string;
  readonly isFolder: boolean;
}

/** The entries of a folder, and those that are not shown. */
export interface FolderContent {
  /** Sorted so that a recursive walk yields all paths in code unit order. */
  readonly entries: readonly FolderEntry[];
  readonly leftOut: readonly LeftOutEntry[];
}

/** A huge folder of foreign code, which is read only when it is requested itself. */
const skippedFolder = 'node_modules';

/** The entries of a folder that the path check allows. Throws a `ToolError` when the folder cannot be read. */
export async function readFolder(folder: ResolvedPath, check: PathCheck): Promise<FolderContent> {
  const entries: FolderEntry[] = [];
  const leftOut: LeftOutEntry[] = [];
  for (const found of await readResolved(folder, check)) {
    const entry = toEntry(folder, found, check);
    // Excluded entries are treated as missing and not even counted.
    if (isExcluded(entry.place.segments, check)) continue;
    const reason = whyLeftOut(found);
    if (reason === undefined) entries.push(entry);
    else leftOut.push({ path: entry.path, reason });
  }
  entries.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  return { entries, leftOut };
}

function whyLeftOut(found: Dirent): LeftOutEntry['reason'] | undefined {
  const isFolder = found.isDirectory();
  if (isProtected([found.name], isFolder ? 'folder' : 'file')) {
    return isFolder ? 'protected folder' : 'protected file';
  }
  if (found.isSymbolicLink()) return 'link';
  const isShown = (isFolder || found.isFile()) && isUsableName(found.name);
  return isShown ? undefined : 'special file';
}

/**
 * The file or folder at a path, or all roots for the top of a workspace with several. Roots that no longer exist
 * are left out. Throws a `ToolError` when none exists.
 */
export async function startsOf(
  requested: string,
  check: PathCheck,
  leftOut: LeftOutCounter,
): Promise<readonly ResolvedPath[]> {
  const isTop = parseWorkspacePath(requested, check.roots) === undefined;
  if (!isTop) return [await resolveInWorkspace(requested, check)];
  const starts: ResolvedPath[] = [];
  let missing: MissingRootError | undefined;
  for (const { name } of check.roots) {
    try {
      starts.push(await resolveInWorkspace(name, check));
    } catch (error) {
      if (!(error instanceof MissingRootError)) throw error;
      missing = error;
      leftOut.add('missing folder');
    }
  }
  if (starts.length === 0 && missing !== undefined) throw missing;
  return starts;
}

/**
 * Yields everything below a folder, files in path order. Calls `onLeftOut` for entries that are not shown. Folders
 * that cannot be read are skipped. The caller may stop after any entry.
 */
export async function* walkFolder(
  start: ResolvedPath,
  check: PathCheck,
  onLeftOut: (entry: LeftOutEntry) => void,
): AsyncGenerator<FolderEntry, void, undefined> {
  const open = async (folder: ResolvedPath): Promise<FolderEntry[]> => {
    const { entries, leftOut } = await readFolder(folder, check);
    leftOut.forEach(onLeftOut);
    return entries.toReversed();
  };
  const waiting = await open(start);
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (entry.isFolder && entry.name === skippedFolder) continue;
    yield entry;
    if (!entry.isFolder) continue;
    const inside = await resolveEntry(entry, check)
      .then(open)
      .catch(() => []);
    for (const child of inside) waiting.push(child);
  }
}

function toEntry(folder: ResolvedPath, found: Dirent, check: PathCheck): FolderEntry {
  const { name } = found;
  const place = { root: folder.place.root, segments: [...folder.place.segments, name] };
  return {
    name,
    place,
    path: formatWorkspacePath(place, check.roots),
    realPath: path.join(folder.realPath, name),
    isFolder: found.isDirectory(),
  };
}

function sortKey(entry: FolderEntry): string {
  return entry.isFolder ? `${entry.name}/` : entry.name;
}
