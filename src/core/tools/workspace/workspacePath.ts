import * as path from 'node:path';
import { quoted } from '../../base/text.ts';
import { ToolError } from '../tool.ts';
import type { WorkspaceRoot } from './workspace.ts';

/** A place below a root, by names: never `.`, `..`, or empty. */
export interface WorkspacePlace {
  readonly root: WorkspaceRoot;
  readonly segments: readonly string[];
}

/** The platform whose absolute paths are understood; tests bring both. */
export type PathFlavour = Pick<typeof path, 'sep' | 'isAbsolute' | 'relative'>;

const maxPathLength = 4096;

/**
 * The place a path of the model's names, or undefined for the top of a workspace of several roots.
 * It looks at the text alone. Throws a `ToolError` for whatever leaves the workspace and for
 * spellings that this platform reads as something else than a file's name.
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

/** The names between a folder and something in it, or undefined when it is not in the folder. */
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

/** UTF-16 units of a path in a message. */
const maxPath = 200;

/** A path in quotes, safe to show; for messages. */
export function quotedPath(requested: string): string {
  return quoted(requested, maxPath);
}

/** Roots with names that can start a path and that differ from each other. */
export function withUsableNames(roots: readonly WorkspaceRoot[]): readonly WorkspaceRoot[] {
  const taken = new Set<string>();
  return roots.map((root) => {
    // A name of dots alone, or one with a separator, would be read as something else.
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

/** Folds `.`, `..` and empty names, and refuses names that are not what they look like. */
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

/** Whether a name can stand in a workspace path; files that cannot be asked for are not shown either. */
export function isUsableName(name: string, flavour: PathFlavour = path): boolean {
  const isPlain = !/\p{Cc}/u.test(name) && name.isWellFormed();
  return isPlain && nameProblem(name, flavour) === undefined;
}

/** Whether a name looks like one of those that Windows makes for long names: `PROGRA~1`, `SECRET~1.PEM`. */
export function isShortName(name: string): boolean {
  return shortName.test(name);
}

function nameProblem(name: string, { sep }: PathFlavour): string | undefined {
  if (name.length > 255) return 'has a name that is too long.';
  return sep === '\\' ? windowsProblem(name) : undefined;
}

/** What a name means to Windows besides itself; elsewhere these are names as any other. */
function windowsProblem(name: string): string | undefined {
  if (name.includes('\\')) return 'has a backslash: put / between folders.';
  if (name.includes(':')) return 'has a colon, which no file of a workspace may have.';
  if (/[. ]$/.test(name)) return 'has a name that ends in a dot or a space, which is not allowed.';
  if (deviceName.test(name)) return 'names a device, not a file.';
  if (isShortName(name)) return 'has a short 8.3 name: write the full name.';
  return undefined;
}

/** Windows reads these as devices in every folder and with any extension. */
const deviceName = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?: *\..*)?$/i;

const shortName = /^[^.]{1,6}~[0-9]{1,6}(?:\.[^.]{0,3})?$/;

function outside(requested: string): ToolError {
  return new ToolError(
    `${quotedPath(requested)} is outside the workspace. Paths are relative to its top.`,
  );
}
