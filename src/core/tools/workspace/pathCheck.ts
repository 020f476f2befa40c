import type { BigIntStats } from 'node:fs';
import * as path from 'node:path';
import type { Lead } from '../../approvals/rules/ruleCall.ts';
import type { FileAccess } from '../../base/fileAccess.ts';
import { nodeFileAccess } from '../../base/fileAccess.ts';
import type { PathMatcher } from '../../base/pathGlob.ts';
import type { EntryKind } from '../../base/protectedFiles.ts';
import { isProtected } from '../../base/protectedFiles.ts';
import { isShortName } from '../../base/windowsNames.ts';
import { ToolError } from '../tool.ts';
import { compileGlob } from './search/glob.ts';
import type { WorkspaceRoot } from './workspace.ts';
import { fileError, isMissing, MissingRootError, protectedError } from './workspaceErrors.ts';
import type { WorkspacePlace } from './workspacePath.ts';
import {
  formatWorkspacePath,
  parseWorkspacePath,
  quotedPath,
  segmentsInside,
  withUsableNames,
} from './workspacePath.ts';

/** The folders of a workspace. Plain data, so that it can be sent to a worker. */
export interface WorkspaceScope {
  readonly roots: readonly WorkspaceRoot[];
  /** Globs of files and folders that are treated as missing, relative to each root. */
  readonly exclude: readonly string[];
}

/** A scope with compiled globs. It decides which files tools may read. */
export interface PathCheck {
  readonly roots: readonly WorkspaceRoot[];
  readonly excluded: readonly PathMatcher[];
  readonly access: FileAccess;
}

/** A file or folder of the workspace, with every link followed. */
export interface ResolvedPath {
  readonly place: WorkspacePlace;
  /** The workspace path of `place`. */
  readonly path: string;
  /** The absolute path on this machine, without links. */
  readonly realPath: string;
  readonly kind: EntryKind;
  /** Device and inode identify the file, even when its path leads to another one later. */
  readonly dev: bigint;
  readonly ino: bigint;
}

/** Creates the path check of a scope. Throws a `ToolError` for an invalid exclude glob. */
export function createPathCheck(
  scope: WorkspaceScope,
  access: FileAccess = nodeFileAccess,
): PathCheck {
  return {
    roots: withUsableNames(scope.roots),
    excluded: scope.exclude.map(compileGlob),
    access,
  };
}

/**
 * Resolves a path from the model; there is no other way to a file. The result is a regular file or folder inside
 * the workspace that is neither excluded nor protected, by the requested path and by the real one. Throws a
 * `ToolError` for everything else.
 */
export async function resolveInWorkspace(
  requested: string,
  check: PathCheck,
): Promise<ResolvedPath> {
  const place = parseWorkspacePath(requested, check.roots);
  if (place === undefined) {
    throw new ToolError('The top of the workspace is not a file: name one in one of its folders.');
  }
  assertAllowed(place.segments, 'folder', requested, check);
  try {
    const realPath = await check.access.realpath(path.join(place.root.path, ...place.segments));
    const realPlace = await placeOfRealPath(realPath, place.root, check);
    if (realPlace === undefined) {
      throw new ToolError(`${quotedPath(requested)} is a link to something outside the workspace.`);
    }
    await assertOwnNames(realPlace, realPath, requested, check);
    const found = await identify(realPlace, realPath, check);
    assertAllowed(place.segments, found.kind, requested, check);
    assertAllowed(realPlace.segments, found.kind, requested, check);
    return found;
  } catch (error) {
    // Does not reveal whether the file exists.
    if (isProtected(place.segments, 'file')) throw protectedError(requested);
    if (isMissing(error) && !(await exists(place.root, check))) {
      throw new MissingRootError(place.root, error);
    }
    throw fileError(error, requested);
  }
}

async function exists({ path }: WorkspaceRoot, { access }: PathCheck): Promise<boolean> {
  return access.stat(path).then(
    (found) => found.isDirectory(),
    (error: unknown) => !isMissing(error),
  );
}

/**
 * Where a path from the model leads when links are followed. The path need not exist. A path that cannot be followed
 * leads outside.
 */
export async function leadOf(requested: string, check: PathCheck): Promise<Lead> {
  try {
    const place = parseWorkspacePath(requested, check.roots);
    if (place === undefined) return { path: '' };
    const names = [...place.segments];
    const missing: string[] = [];
    for (;;) {
      const asked = path.join(place.root.path, ...names);
      const realPath = await realPathOf(asked, check);
      if (realPath !== undefined) {
        const real = await placeOfRealPath(realPath, place.root, check);
        if (real === undefined) return 'outside';
        const segments = [...real.segments, ...missing];
        return { path: formatWorkspacePath({ root: real.root, segments }, check.roots) };
      }
      const name = names.pop();
      if (name === undefined) return 'outside';
      missing.unshift(name);
    }
  } catch {
    return 'outside';
  }
}

/** The real path of an entry; undefined if the entry does not exist. Throws for a broken link. */
async function realPathOf(asked: string, { access }: PathCheck): Promise<string | undefined> {
  try {
    return await access.realpath(asked);
  } catch (error) {
    const isThere = await access.lstat(asked).then(
      () => true,
      () => false,
    );
    if (isThere) throw error;
    return undefined;
  }
}

/**
 * Resolves an entry of a resolved folder, whose real path contains no links. An entry that was replaced by a link is
 * refused here or when it is opened.
 */
export async function resolveEntry(
  entry: Pick<ResolvedPath, 'place' | 'realPath' | 'path'>,
  check: PathCheck,
): Promise<ResolvedPath> {
  try {
    return await identify(entry.place, entry.realPath, check);
  } catch (error) {
    throw fileError(error, entry.path);
  }
}

async function identify(
  place: WorkspacePlace,
  realPath: string,
  check: PathCheck,
): Promise<ResolvedPath> {
  const stats = await check.access.lstat(realPath);
  const workspacePath = formatWorkspacePath(place, check.roots);
  const kind = kindOf(stats, workspacePath);
  return { place, path: workspacePath, realPath, kind, dev: stats.dev, ino: stats.ino };
}

/**
 * Whether tools may read an open file with this real path. Repeats the checks from before it was opened, because now
 * the file cannot be replaced any more.
 */
export async function isOpenTo(
  realPath: string,
  { place, kind, path: shown }: Pick<ResolvedPath, 'place' | 'kind' | 'path'>,
  check: PathCheck,
): Promise<boolean> {
  const realPlace = await placeOfRealPath(realPath, place.root, check);
  if (realPlace === undefined) return false;
  assertAllowed(realPlace.segments, kind, shown, check);
  return true;
}

/** Whether a glob excludes this very place. Callers also check the folders above it. */
export function isExcluded(segments: readonly string[], check: PathCheck): boolean {
  if (check.excluded.length === 0 || segments.length === 0) return false;
  const joined = segments.join('/');
  return check.excluded.some((matches) => matches(joined));
}

/** Throws a `ToolError` for a place that is excluded or usually holds credentials. */
export function assertAllowed(
  segments: readonly string[],
  kind: EntryKind,
  requested: string,
  check: PathCheck,
): void {
  if (isProtected(segments, kind)) throw protectedError(requested);
  for (let end = 1; end <= segments.length; end++) {
    if (isExcluded(segments.slice(0, end), check)) {
      throw new ToolError(`${quotedPath(requested)} is excluded from this workspace.`);
    }
  }
}

async function placeOfRealPath(
  realPath: string,
  first: WorkspaceRoot,
  { roots, access }: PathCheck,
): Promise<WorkspacePlace | undefined> {
  for (const root of [first, ...roots.filter((other) => other !== first)]) {
    const realRoot = await access.realpath(root.path).catch(() => undefined);
    const segments = realRoot === undefined ? undefined : segmentsInside(realRoot, realPath);
    if (segments !== undefined) return { root, segments };
  }
  return undefined;
}

/**
 * Refuses the short names of Windows file systems, such as `GIT~1` for `.git`, which would bypass the checks. They
 * also exist on other systems, on disks formatted for Windows. A name of that form must be listed in its folder.
 */
async function assertOwnNames(
  { segments }: WorkspacePlace,
  realPath: string,
  requested: string,
  { access }: PathCheck,
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
