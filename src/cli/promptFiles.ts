import { lstat, readdir, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { UserError } from '../core/base/errors.ts';
import { pathKey } from '../core/base/pathKey.ts';
import { isPromptFileName } from '../shared/promptFileName.ts';
import { fileProblem } from './fileProblem.ts';
import type { FoundFile, FoundFiles } from './foundFiles.ts';
import { hasGlob, matchingFiles } from './globFiles.ts';

/** The path argument for standard input. */
export const standardInput = '-';

/** Folders that are not searched for prompt files, unless they are given themselves. */
const skippedFolders: ReadonlySet<string> = new Set(['node_modules', '.git', 'dist', 'out']);

/**
 * The given files, and the prompt files of the given folders and patterns: in that order, each once.
 * Throws a `UserError` that lists every given path that cannot be read.
 */
export async function findPromptFiles(paths: readonly string[]): Promise<FoundFiles> {
  const outcomes = await Promise.allSettled(paths.map(filesAt));
  const problems = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected' ? [problemAt(paths[index] ?? '', outcome.reason)] : [],
  );
  if (problems.length > 0) throw new UserError([...problems, 'Nothing was sent.'].join('\n'));
  const found = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value] : [],
  );
  const byPath = new Map<string, FoundFile>();
  for (const file of found.flatMap(({ files }) => files)) {
    const key = file.path === standardInput ? file.path : pathKey(file.path);
    const before = byPath.get(key);
    if (before === undefined || (file.isNamed && !before.isNamed)) {
      byPath.set(key, before === undefined ? file : { path: before.path, isNamed: true });
    }
  }
  return {
    files: [...byPath.values()],
    leftOut: [...new Set(found.flatMap(({ leftOut }) => leftOut))],
  };
}

/**
 * The file's path as it stands in prompt ids: relative to the current folder, with `/`. A file on another
 * drive keeps its absolute path. `paths` are the path rules of the system.
 */
export function idFile(file: string, folder: string, paths: path.PlatformPath = path): string {
  return paths.relative(folder, paths.resolve(folder, file)).split(paths.sep).join('/');
}

const nothing: FoundFiles = { files: [], leftOut: [] };

function problemAt(given: string, error: unknown): string {
  return error instanceof UserError ? error.message : `${given} ${fileProblem(error)}.`;
}

async function filesAt(given: string): Promise<FoundFiles> {
  if (given === standardInput) return { files: [{ path: given, isNamed: true }], leftOut: [] };
  const kind = await stat(given).catch((error: unknown) => {
    // It is a pattern only if no file has this very name.
    if (hasGlob(given)) return undefined;
    throw error;
  });
  if (kind === undefined) return matchingFiles(given, filesBelow);
  if (!kind.isDirectory()) return { files: [{ path: given, isNamed: true }], leftOut: [] };
  // Throws when the folder cannot be read; `filesBelow` would only report it.
  await readdir(given);
  return filesBelow(given);
}

/** The prompt files in a folder and its subfolders, sorted by name. */
async function filesBelow(folder: string, within: string = folder): Promise<FoundFiles> {
  let entries: Awaited<ReturnType<typeof readEntries>>;
  try {
    entries = await readEntries(folder);
  } catch (error) {
    return { files: [], leftOut: [`${folder} ${fileProblem(error)}. It is left out.`] };
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

/** Checks a file with the name of a prompt file: it may be a broken link or a link to a folder. */
async function promptFileAt(file: string, within: string): Promise<FoundFiles> {
  try {
    if ((await stat(file)).isDirectory()) return nothing;
    return { files: [{ path: file, isNamed: false, within }], leftOut: [] };
  } catch (error) {
    const isLink = await lstat(file).then(
      (entry) => entry.isSymbolicLink(),
      () => false,
    );
    const problem = isLink ? 'is a broken link' : fileProblem(error);
    return { files: [], leftOut: [`${file} ${problem}. It is left out.`] };
  }
}
