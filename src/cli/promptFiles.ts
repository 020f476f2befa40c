import { lstat, readdir, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { UserError } from '../core/base/errors.ts';
import { pathKey } from '../core/base/pathKey.ts';
import { isPromptFileName } from '../core/prompts/promptFileName.ts';
import { fileProblem } from './fileProblem.ts';
import { hasGlob, matchingFiles } from './globPlaces.ts';

/** The place that stands for standard input. */
export const standardInput = '-';

/** A file to read prompts from. */
export interface FoundFile {
  readonly path: string;
  /** Whether it was named itself, and not its folder or a pattern. */
  readonly isNamed: boolean;
  /**
   * The folder that was named, for a file that was found in it: it has to hold the file when links are
   * followed. A link that is named itself may lead anywhere, for a person chose it.
   */
  readonly within?: string;
}

/** Where prompts are, and what could not be looked at. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** Folders and links inside those that were named which cannot be read, one line each. */
  readonly leftOut: readonly string[];
}

/** Folders that are never looked into for prompt files, unless they are named themselves. */
const skippedFolders: ReadonlySet<string> = new Set(['node_modules', '.git', 'dist', 'out']);

/**
 * The files that were named and the prompt files of the folders and patterns that were named, in the
 * order given, each once. Throws a `UserError` that lists every named place that cannot be read.
 */
export async function findPromptFiles(places: readonly string[]): Promise<FoundFiles> {
  const looked = await Promise.allSettled(places.map(filesAt));
  const problems = looked.flatMap((outcome, index) =>
    outcome.status === 'rejected' ? [placeProblem(places[index] ?? '', outcome.reason)] : [],
  );
  if (problems.length > 0) throw new UserError([...problems, 'Nothing was sent.'].join('\n'));
  const found = looked.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value] : [],
  );
  const byPath = new Map<string, FoundFile>();
  for (const file of found.flatMap(({ files }) => files)) {
    const whole = file.path === standardInput ? file.path : pathKey(file.path);
    const before = byPath.get(whole);
    if (before === undefined || (file.isNamed && !before.isNamed)) {
      byPath.set(whole, before === undefined ? file : { path: before.path, isNamed: true });
    }
  }
  return {
    files: [...byPath.values()],
    leftOut: [...new Set(found.flatMap(({ leftOut }) => leftOut))],
  };
}

/**
 * The file in the ids of its prompts: relative to the current folder; absolute when it is on another
 * drive. `flavour` says what paths look like; as on this system by default.
 */
export function idFile(file: string, folder: string, flavour: path.PlatformPath = path): string {
  return flavour.relative(folder, flavour.resolve(folder, file)).split(flavour.sep).join('/');
}

const nothing: FoundFiles = { files: [], leftOut: [] };

function placeProblem(place: string, error: unknown): string {
  return error instanceof UserError ? error.message : `${place} ${fileProblem(error)}.`;
}

async function filesAt(place: string): Promise<FoundFiles> {
  if (place === standardInput) return { files: [{ path: place, isNamed: true }], leftOut: [] };
  const kind = await stat(place).catch((error: unknown) => {
    // A name with such characters that is there is meant itself.
    if (hasGlob(place)) return undefined;
    throw error;
  });
  if (kind === undefined) return matchingFiles(place, filesBelow);
  if (!kind.isDirectory()) return { files: [{ path: place, isNamed: true }], leftOut: [] };
  await readdir(place);
  return filesBelow(place);
}

/** The prompt files in a folder and the folders in it, by name. */
async function filesBelow(folder: string, within: string = folder): Promise<FoundFiles> {
  let entries: Awaited<ReturnType<typeof readEntries>>;
  try {
    entries = await readEntries(folder);
  } catch (error) {
    return { files: [], leftOut: [`${folder} ${fileProblem(error)}: left out.`] };
  }
  const inside = entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(async (entry): Promise<FoundFiles> => {
      const inner = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        return skippedFolders.has(entry.name) ? nothing : filesBelow(inner, within);
      }
      return isPromptFileName(entry.name) ? promptFileAt(inner, within) : nothing;
    });
  const all = await Promise.all(inside);
  return {
    files: all.flatMap(({ files }) => files),
    leftOut: all.flatMap(({ leftOut }) => leftOut),
  };
}

function readEntries(folder: string) {
  return readdir(folder, { withFileTypes: true });
}

/** A file by its name, which may be a link that leads nowhere or to a folder. */
async function promptFileAt(file: string, within: string): Promise<FoundFiles> {
  try {
    if ((await stat(file)).isDirectory()) return nothing;
    return { files: [{ path: file, isNamed: false, within }], leftOut: [] };
  } catch (error) {
    const isLink = await lstat(file).then(
      (entry) => entry.isSymbolicLink(),
      () => false,
    );
    const problem = isLink ? 'is a link that leads nowhere' : fileProblem(error);
    return { files: [], leftOut: [`${file} ${problem}: left out.`] };
  }
}
