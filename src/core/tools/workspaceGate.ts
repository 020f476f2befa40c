import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, open, realpath } from 'node:fs/promises';
import * as path from 'node:path';
import type { PathMatcher } from './glob.ts';
import { compileGlob } from './glob.ts';
import { isProtected } from './protectedFiles.ts';
import { ToolError } from './tool.ts';
import type { WorkspaceRoot } from './workspace.ts';
import type { WorkspacePlace } from './workspacePath.ts';
import {
  formatWorkspacePath,
  parseWorkspacePath,
  quoted,
  segmentsInside,
  withUsableNames,
} from './workspacePath.ts';

/** What belongs to a workspace. Plain data: it can be posted to a worker. */
export interface WorkspaceScope {
  readonly roots: readonly WorkspaceRoot[];
  /** Globs of files and folders that are treated as if they were not there, relative to each root. */
  readonly exclude: readonly string[];
}

/** A scope that is ready to be asked. */
export interface WorkspaceGate {
  readonly roots: readonly WorkspaceRoot[];
  readonly excluded: readonly PathMatcher[];
}

/** A file or folder of the workspace, with every link followed. */
export interface ResolvedPath {
  readonly place: WorkspacePlace;
  /** The workspace path of `place`. */
  readonly path: string;
  /** Where it really is on this machine. */
  readonly realPath: string;
  readonly kind: 'file' | 'folder';
  readonly bytes: number;
  /** Together they name the file itself, whatever its path comes to mean later. */
  readonly device: bigint;
  readonly inode: bigint;
}

/** Throws a `ToolError` for an exclude glob that is not understood. */
export function createWorkspaceGate(scope: WorkspaceScope): WorkspaceGate {
  return { roots: withUsableNames(scope.roots), excluded: scope.exclude.map(compileGlob) };
}

/**
 * The one way from a path of the model's to a file: what it gives is a regular file or a folder that
 * really is inside the workspace, is not excluded and does not usually hold credentials, by the name
 * asked for as well as by its real one. Throws a `ToolError` for everything else.
 */
export async function resolveInWorkspace(
  requested: string,
  gate: WorkspaceGate,
): Promise<ResolvedPath> {
  const place = parseWorkspacePath(requested, gate.roots);
  if (place === undefined) {
    throw new ToolError('The top of the workspace is not a file: name one in one of its folders.');
  }
  assertAllowed(place.segments, requested, gate);
  try {
    const realPath = await realpath(path.join(place.root.path, ...place.segments));
    const realPlace = await placeOfRealPath(realPath, place.root, gate.roots);
    if (realPlace === undefined) {
      throw new ToolError(`${quoted(requested)} is a link to something outside the workspace.`);
    }
    assertAllowed(realPlace.segments, requested, gate);
    return await identify(realPlace, realPath, gate);
  } catch (error) {
    throw fileError(error, requested);
  }
}

/**
 * Resolves what a folder was found to hold. The folder has been let through and is free of links, and
 * a name in it that leads elsewhere by now is refused here or when it is opened.
 */
export async function resolveEntry(
  entry: Pick<ResolvedPath, 'place' | 'realPath' | 'path'>,
  gate: WorkspaceGate,
): Promise<ResolvedPath> {
  try {
    return await identify(entry.place, entry.realPath, gate);
  } catch (error) {
    throw fileError(error, entry.path);
  }
}

async function identify(
  place: WorkspacePlace,
  realPath: string,
  gate: WorkspaceGate,
): Promise<ResolvedPath> {
  const stats = await lstat(realPath, { bigint: true });
  const workspacePath = formatWorkspacePath(place, gate.roots);
  return {
    place,
    path: workspacePath,
    realPath,
    kind: kindOf(stats, workspacePath),
    bytes: Number(stats.size),
    device: stats.dev,
    inode: stats.ino,
  };
}

/**
 * Opens a resolved file for reading and makes sure that it still is the file that was checked: its
 * path may have become a link in the meantime. A pipe can never block it. The caller closes the handle.
 */
export async function openResolved(file: ResolvedPath): Promise<FileHandle> {
  // Windows lacks the last two; it follows no links that `realpath` has not followed already.
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  let handle: FileHandle | undefined;
  try {
    handle = await open(file.realPath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stats = await handle.stat({ bigint: true });
    const isSame = stats.isFile() && stats.dev === file.device && stats.ino === file.inode;
    // The file can be the same and a folder above it a link by now.
    if (!isSame || !(await isUnmoved(file.realPath))) throw movedError(file.path);
    return handle;
  } catch (error) {
    await handle?.close();
    throw fileError(error, file.path);
  }
}

/** Whether a real path is still free of links. */
export async function isUnmoved(realPath: string): Promise<boolean> {
  return (await realpath(realPath)) === realPath;
}

/** What is said of a file that is not what was checked. */
export function movedError(workspacePath: string): ToolError {
  return new ToolError(`${quoted(workspacePath)} changed while it was being opened. Try again.`);
}

/** Whether a glob excludes exactly this place; what is in an excluded folder is asked about by its folder. */
export function isExcluded(segments: readonly string[], gate: WorkspaceGate): boolean {
  if (gate.excluded.length === 0 || segments.length === 0) return false;
  const joined = segments.join('/');
  return gate.excluded.some((matches) => matches(joined));
}

function assertAllowed(segments: readonly string[], requested: string, gate: WorkspaceGate): void {
  if (isProtected(segments)) {
    throw new ToolError(
      `${quoted(requested)} is not readable: files that usually hold credentials are withheld.`,
    );
  }
  for (let end = 1; end <= segments.length; end++) {
    if (isExcluded(segments.slice(0, end), gate)) {
      throw new ToolError(`${quoted(requested)} is excluded from this workspace.`);
    }
  }
}

async function placeOfRealPath(
  realPath: string,
  first: WorkspaceRoot,
  roots: readonly WorkspaceRoot[],
): Promise<WorkspacePlace | undefined> {
  for (const root of [first, ...roots.filter((other) => other !== first)]) {
    const realRoot = await realpath(root.path).catch(() => undefined);
    const segments = realRoot === undefined ? undefined : segmentsInside(realRoot, realPath);
    if (segments !== undefined) return { root, segments };
  }
  return undefined;
}

function kindOf(stats: BigIntStats, workspacePath: string): 'file' | 'folder' {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  throw new ToolError(`${quoted(workspacePath)} is neither a regular file nor a folder.`);
}

/** The file system's errors in words for the model; their own messages hold absolute paths. */
export function fileError(error: unknown, requested: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return error;
  return new ToolError(`${quoted(requested)} ${fileProblem(code)}`, { cause: error });
}

function fileProblem(code: string): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'does not exist in the workspace. list_files shows what does.';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by this user.';
    case 'ELOOP':
      return 'is a link that leads in a circle or has just changed.';
    case 'ENAMETOOLONG':
      return 'is too long a path.';
    case 'EISDIR':
      return 'is a folder. list_files shows what is in it.';
    default:
      return `could not be read (${code}).`;
  }
}
