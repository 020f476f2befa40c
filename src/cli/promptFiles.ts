import { lstat, readdir, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { UserError } from '../core/base/errors.ts';
import { pathKey } from '../core/base/pathKey.ts';
import { isPromptFileName } from '../shared/promptFileName.ts';
import { fileProblem } from './fileProblem.ts';
import type { FoundFile, FoundFiles } from './foundFiles.ts';
import { hasGlob, matchingFiles } from './globPlaces.ts';

/** The argument that means standard input. */
export const standardInput = '-';

/** Folders in which prompt files are not searched, unless they are named themselves. */
const skippedFolders: ReadonlySet<string> = new Set(['node_modules', '.git', 'dist', 'out']);

/**
 * The named files, and the prompt files of the named folders and patterns: in the order given, each once.
 * Throws a `UserError` that lists every named place that cannot be read.
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
    // A file whose name has such characters is used itself, if it exists.
    if (hasGlob(place)) return undefined;
    throw error;
  });
  if (kind === undefined) return matchingFiles(place, filesBelow);
  if (!kind.isDirectory()) return { files: [{ path: place, isNamed: true }], leftOut: [] };
  await readdir(place);
  return filesBelow(place);
}

/** The prompt files in a folder and its subfolders, sorted by name. */
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

/** A file with a prompt file's name. It may be a link that is broken or leads to a folder. */
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
