import type { BigIntStats } from 'node:fs';
import * as path from 'node:path';
import { codeOf } from '../../base/errors.ts';
import type { FileAccess } from '../../base/fileAccess.ts';
import { nodeFileAccess } from '../../base/fileAccess.ts';
import { ToolError } from '../tool.ts';
import type { EntryKind } from './protectedFiles.ts';
import { isProtected } from './protectedFiles.ts';
import type { PathMatcher } from './search/glob.ts';
import { compileGlob } from './search/glob.ts';
import type { WorkspaceRoot } from './workspace.ts';
import { fileError, isMissing, MissingRootError, protectedError } from './workspaceErrors.ts';
import type { WorkspacePlace } from './workspacePath.ts';
import {
  formatWorkspacePath,
  isShortName,
  parseWorkspacePath,
  quotedPath,
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
  readonly access: FileAccess;
}

/** A file or folder of the workspace, with every link followed. */
export interface ResolvedPath {
  readonly place: WorkspacePlace;
  /** The workspace path of `place`. */
  readonly path: string;
  /** Where it really is on this machine. */
  readonly realPath: string;
  readonly kind: EntryKind;
  /** Together they name the file itself, whatever its path comes to mean later. */
  readonly dev: bigint;
  readonly ino: bigint;
}

/** Throws a `ToolError` for an exclude glob that is not understood. `access` is how files are reached. */
export function createWorkspaceGate(
  scope: WorkspaceScope,
  access: FileAccess = nodeFileAccess,
): WorkspaceGate {
  return {
    roots: withUsableNames(scope.roots),
    excluded: scope.exclude.map(compileGlob),
    access,
  };
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
  assertAllowed(place.segments, 'folder', requested, gate);
  try {
    const realPath = await gate.access.realpath(path.join(place.root.path, ...place.segments));
    const realPlace = await placeOfRealPath(realPath, place.root, gate);
    if (realPlace === undefined) {
      throw new ToolError(`${quotedPath(requested)} is a link to something outside the workspace.`);
    }
    await assertOwnNames(realPlace, realPath, requested, gate);
    const found = await identify(realPlace, realPath, gate);
    assertAllowed(place.segments, found.kind, requested, gate);
    assertAllowed(realPlace.segments, found.kind, requested, gate);
    return found;
  } catch (error) {
    // Whether there is such a file is not told either.
    if (isProtected(place.segments, 'file') && codeOf(error) !== undefined)
      throw protectedError(requested);
    if (isMissing(error) && !(await exists(place.root, gate))) {
      throw new MissingRootError(place.root, error);
    }
    throw fileError(error, requested);
  }
}

async function exists({ path }: WorkspaceRoot, { access }: WorkspaceGate): Promise<boolean> {
  return access.stat(path).then(
    (found) => found.isDirectory(),
    (error: unknown) => !isMissing(error),
  );
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
  const stats = await gate.access.lstat(realPath);
  const workspacePath = formatWorkspacePath(place, gate.roots);
  const kind = kindOf(stats, workspacePath);
  return { place, path: workspacePath, realPath, kind, dev: stats.dev, ino: stats.ino };
}

/**
 * Whether something that is open, and that really is at this path, may be looked at: the same questions
 * as before it was opened, now that nothing about it can change.
 */
export async function isOpenTo(
  realPath: string,
  { place, kind, path: shown }: Pick<ResolvedPath, 'place' | 'kind' | 'path'>,
  gate: WorkspaceGate,
): Promise<boolean> {
  const realPlace = await placeOfRealPath(realPath, place.root, gate);
  if (realPlace === undefined) return false;
  assertAllowed(realPlace.segments, kind, shown, gate);
  return true;
}

/** Whether a glob excludes exactly this place; what is in an excluded folder is asked about by its folder. */
export function isExcluded(segments: readonly string[], gate: WorkspaceGate): boolean {
  if (gate.excluded.length === 0 || segments.length === 0) return false;
  const joined = segments.join('/');
  return gate.excluded.some((matches) => matches(joined));
}

function assertAllowed(
  segments: readonly string[],
  kind: EntryKind,
  requested: string,
  gate: WorkspaceGate,
): void {
  if (isProtected(segments, kind)) throw protectedError(requested);
  for (let end = 1; end <= segments.length; end++) {
    if (isExcluded(segments.slice(0, end), gate)) {
      throw new ToolError(`${quotedPath(requested)} is excluded from this workspace.`);
    }
  }
}

async function placeOfRealPath(
  realPath: string,
  first: WorkspaceRoot,
  { roots, access }: WorkspaceGate,
): Promise<WorkspacePlace | undefined> {
  for (const root of [first, ...roots.filter((other) => other !== first)]) {
    const realRoot = await access.realpath(root.path).catch(() => undefined);
    const segments = realRoot === undefined ? undefined : segmentsInside(realRoot, realPath);
    if (segments !== undefined) return { root, segments };
  }
  return undefined;
}

/**
 * Disks that were made for Windows know a second, short name of each file here, too, and `GIT~1` must
 * not be a way around `.git`: a name of that form has to be the one that its folder tells.
 */
async function assertOwnNames(
  { segments }: WorkspacePlace,
  realPath: string,
  requested: string,
  { access }: WorkspaceGate,
): Promise<void> {
  let folder = realPath;
  for (const name of segments.toReversed()) {
    folder = path.dirname(folder);
    if (!isShortName(name)) continue;
    const entries = await access.readdir(folder);
    if (entries.some((entry) => entry.name === name)) continue;
    throw new ToolError(
      `The path ${quotedPath(requested)} has a short 8.3 name: write the full name.`,
    );
  }
}

function kindOf(stats: BigIntStats, workspacePath: string): EntryKind {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  throw new ToolError(`${quotedPath(workspacePath)} is neither a regular file nor a folder.`);
}
