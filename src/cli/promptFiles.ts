import { readdir, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { UserError } from '../core/base/errors.ts';
import { isPromptFileName } from '../core/prompts/promptFileName.ts';
import { fileProblem } from './fileProblem.ts';

/** Folders that are never looked into for prompt files, unless they are named themselves. */
const skippedFolders: ReadonlySet<string> = new Set(['node_modules', '.git', 'dist', 'out']);

/**
 * The files that were named and the prompt files of the folders that were named, in the order given,
 * each once. Throws a `UserError` that lists every place that cannot be read.
 */
export async function findPromptFiles(places: readonly string[]): Promise<readonly string[]> {
  const problems: string[] = [];
  const found = await Promise.all(
    places.map((place) =>
      filesOf(place).catch((error: unknown) => {
        problems.push(`${place} ${fileProblem(error)}.`);
        return [];
      }),
    ),
  );
  if (problems.length > 0) throw new UserError([...problems, 'Nothing was sent.'].join('\n'));
  const byPath = new Map<string, string>();
  for (const file of found.flat()) {
    const whole = path.resolve(file);
    if (!byPath.has(whole)) byPath.set(whole, file);
  }
  return [...byPath.values()];
}

async function filesOf(place: string): Promise<readonly string[]> {
  if (!(await stat(place)).isDirectory()) return [place];
  const entries = await readdir(place, { withFileTypes: true });
  const inside = entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => {
      const inner = path.join(place, entry.name);
      if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : filesOf(inner);
      return isPromptFileName(entry.name) ? [inner] : [];
    });
  return (await Promise.all(inside)).flat();
}
