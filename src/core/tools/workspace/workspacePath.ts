import * as path from 'node:path';
import { quoted } from '../../base/text.ts';
import { windowsProblem } from '../../base/windowsNames.ts';
import { ToolError } from '../tool.ts';
import type { WorkspaceRoot } from './workspace.ts';

/** A path below a root. Its names are never `.`, `..` or empty. */
export interface WorkspacePlace {
  readonly root: WorkspaceRoot;
  readonly segments: readonly string[];
}

/** The path rules of a platform. Tests use those of several. */
export type PathFlavour = Pick<typeof path, 'sep' | 'isAbsolute' | 'relative'>;

const maxPathLength = 4096;

/**
 * Parses a path from the model, without access to the disk. Undefined for the top of a workspace with several roots.
 * Throws a `ToolError` for a path outside the workspace and for names with a special meaning on this platform.
 */
export function parseWorkspacePath(
  requested: string,
  roots: readonly WorkspaceRoot[],
  flavour: PathFlavour = path,
): WorkspacePlace | undefined {
  const [only] = roots;
  if (only === undefined)
    throw new ToolError(
      "No folder of this machine's disk is open, so there are no files to look at.",
    );
  assertPlainText(requested);
  if (flavour.isAbsolute(requested)) return placeOfAbsolute(requested, roots, flavour);
  const segments = normalise(requested.split('/'), requested, flavour);
  if (roots.length === 1) return { root: only, segments };
  const [rootName, ...rest] = segments;
  if (rootName === undefined) return undefined;
  const root = roots.find((candidate) => candidate.name === rootName);
  if (root === undefined) {
    const names = roots.map((candidate) => candidate.name).join(', ');
    throw new ToolError(
      `${quotedPath(requested)} is not in the workspace: a path starts with one of its folders: ${names}.`,
    );
  }
  return { root, segments: rest };
}

/** The workspace path of a place: the inverse of `parseWorkspacePath`. */
export function formatWorkspacePath(
  place: WorkspacePlace,
  roots: readonly WorkspaceRoot[],
): string {
  const all = roots.length > 1 ? [place.root.name, ...place.segments] : place.segments;
  return all.join('/');
}

/** The workspace path of a place on this machine, by its text; undefined outside the workspace. */
export function workspacePathOf(
  place: string,
  folders: readonly WorkspaceRoot[],
): string | undefined {
  const roots = withUsableNames(folders);
  for (const root of roots) {
    const segments = segmentsInside(root.path, place);
    if (segments !== undefined) return formatWorkspacePath({ root, segments }, roots);
  }
  return undefined;
}

/** The names of a path relative to a folder; undefined when it is not inside the folder. */
export function segmentsInside(
  folder: string,
  inner: string,
  flavour: PathFlavour = path,
): readonly string[] | undefined {
  const relative = flavour.relative(folder, inner);
  if (relative === '') return [];
  if (flavour.isAbsolute(relative)) return undefined;
  const segments = relative.split(flavour.sep);
  return segments[0] === '..' ? undefined : segments;
}

/** Max length of a path in a message, in UTF-16 units. */
const maxPath = 200;

/** A path in quotes, safe to show; for messages. */
export function quotedPath(requested: string): string {
  return quoted(requested, maxPath);
}

/** The roots with unique names that can start a path. */
export function withUsableNames(roots: readonly WorkspaceRoot[]): readonly WorkspaceRoot[] {
  const taken = new Set<string>();
  return roots.map((root) => {
    // A name of dots only, or one with a separator, has a special meaning in a path.
    const plain = root.name.replace(/[\\/:\p{Cc}]/gu, '-').replace(/[. ]+$/, '') || 'folder';
    let name = plain;
    for (let count = 2; taken.has(name); count++) name = `${plain}-${count}`;
    taken.add(name);
    return { name, path: root.path };
  });
}

function assertPlainText(requested: string): void {
  if (requested.length > maxPathLength) throw new ToolError('The path is too long.');
  if (/\p{Cc}/u.test(requested) || !requested.isWellFormed()) {
    throw new ToolError(`The path ${quotedPath(requested)} has characters that no path has.`);
  }
}

function placeOfAbsolute(
  requested: string,
  roots: readonly WorkspaceRoot[],
  flavour: PathFlavour,
): WorkspacePlace {
  for (const root of roots) {
    const segments = segmentsInside(root.path, requested, flavour);
    if (segments !== undefined) return { root, segments: normalise(segments, requested, flavour) };
  }
  throw outside(requested);
}

/** Resolves `.`, `..` and empty names, and refuses names that only look like file names. */
function normalise(
  names: readonly string[],
  requested: string,
  flavour: PathFlavour,
): readonly string[] {
  const segments: string[] = [];
  for (const name of names) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      if (segments.pop() === undefined) throw outside(requested);
      continue;
    }
    const problem = nameProblem(name, flavour);
    if (problem !== undefined) throw new ToolError(`The path ${quotedPath(requested)} ${problem}`);
    segments.push(name);
  }
  return segments;
}

/** Whether a name can be part of a workspace path. Files with other names are not shown. */
export function isUsableName(name: string, flavour: PathFlavour = path): boolean {
  const isPlain = !/\p{Cc}/u.test(name) && name.isWellFormed();
  return isPlain && nameProblem(name, flavour) === undefined;
}

function nameProblem(name: string, { sep }: PathFlavour): string | undefined {
  if (name.length > 255) return 'has a name that is too long.';
  return sep === '\\' ? windowsProblem(name) : undefined;
}

/** Throws a `ToolError` for the name of a new file that some systems read as something else, such as `aux` or `a:b`. */
export function assertPortableName(name: string, requested: string): void {
  const problem = windowsProblem(name);
  if (problem !== undefined) throw new ToolError(`The path ${quotedPath(requested)} ${problem}`);
}

function outside(requested: string): ToolError {
  return new ToolError(
    `${quotedPath(requested)} is outside the workspace. Paths are relative to its top.`,
  );
}
