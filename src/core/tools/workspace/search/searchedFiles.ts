import { shownText } from '../../../proposals/editText.ts';
import type { LeftOutCounter } from '../leftOut.ts';
import type { PathCheck, ResolvedPath } from '../pathCheck.ts';
import { resolveEntry } from '../pathCheck.ts';
import { startsOf, walkFolder } from '../walkWorkspace.ts';
import type { SearchQuery } from '../workspace.ts';
import { isMissing } from '../workspaceErrors.ts';
import { createFileFilter, relativeTo } from './filePattern.ts';

/** What a conversation proposes, by workspace path; null for a file that is deleted. */
export type ProposedTexts = ReadonlyMap<string, string | null>;

/**
 * The files that a query is about: those on disk and, in the same order of paths, those of the overlay in their
 * places. Yields undefined for an entry that is not searched, so that the caller can check the time.
 */
export async function* searchedFiles(
  query: SearchQuery,
  check: PathCheck,
  leftOut: LeftOutCounter,
  proposed: ProposedTexts,
): AsyncGenerator<SearchedFile | undefined, void, undefined> {
  const waiting = proposedFiles(query, proposed);
  const isOnlyProposed = proposed.has(query.path) || waiting.length > 0;
  const onDisk = isOnlyProposed
    ? ifThere(query, check, leftOut)
    : filesToSearch(query, check, leftOut);
  for await (const file of onDisk) {
    if (file === undefined) {
      yield file;
      continue;
    }
    while (waiting[0] !== undefined && waiting[0].path < file.path) yield waiting.shift();
    if (!proposed.has(file.path)) yield file;
  }
  yield* waiting;
}

/** The same files; none where the path is in the overlay only. */
async function* ifThere(
  ...args: Parameters<typeof filesToSearch>
): ReturnType<typeof filesToSearch> {
  try {
    yield* filesToSearch(...args);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function proposedFiles(query: SearchQuery, proposed: ProposedTexts): ProposedFileText[] {
  const isWanted = createFileFilter(query.pattern);
  const { path: start } = query;
  const files = [...proposed].flatMap(([path, text]) => {
    const isNamed = path === start;
    const isBelow = start === '' || path.startsWith(`${start}/`);
    const isMeant = isNamed || (isBelow && isWanted(path, relativeTo(start, path)));
    return text !== null && isMeant ? [{ path, isNamed, text: shownText(text) }] : [];
  });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface ProposedFileText {
  readonly path: string;
  readonly isNamed: boolean;
  readonly text: string;
}

export type SearchedFile = FileToSearch | ProposedFileText;

export interface FileToSearch {
  resolve(): Promise<ResolvedPath>;
  readonly path: string;
  /** Whether the query names this very file. Then an error is reported when it cannot be read. */
  readonly isNamed: boolean;
}

/** Yields undefined for an entry that is not searched, so that the caller can check the time. */
async function* filesToSearch(
  query: SearchQuery,
  check: PathCheck,
  leftOut: LeftOutCounter,
): AsyncGenerator<FileToSearch | undefined, void, undefined> {
  const isWanted = createFileFilter(query.pattern);
  for (const start of await startsOf(query.path, check, leftOut)) {
    if (start.kind === 'file') {
      yield { path: start.path, isNamed: true, resolve: async () => start };
      continue;
    }
    const onLeftOut = leftOut.below(start.path, isWanted);
    for await (const entry of walkFolder(start, check, onLeftOut)) {
      const { path, isFolder } = entry;
      const isSearched = !isFolder && isWanted(path, relativeTo(start.path, path));
      const resolve = (): Promise<ResolvedPath> => resolveEntry(entry, check);
      yield isSearched ? { path, isNamed: false, resolve } : undefined;
    }
  }
}
