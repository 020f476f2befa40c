import { shownText } from '../../../proposals/editText.ts';
import { isToolError } from '../../thrownText.ts';
import type { SearchLimits } from '../../toolLimits.ts';
import { LeftOutCounter } from '../leftOut.ts';
import type { PathCheck, ResolvedPath } from '../pathCheck.ts';
import { resolveEntry } from '../pathCheck.ts';
import { readWholeTextFile } from '../readTextFile.ts';
import { startsOf, walkFolder } from '../walkWorkspace.ts';
import type { FileText, SearchFindings, SearchMatch, SearchQuery } from '../workspace.ts';
import { isMissing, ProtectedFileError } from '../workspaceErrors.ts';
import { createFileFilter, relativeTo } from './filePattern.ts';
import { createLineFinder } from './lineFinder.ts';

/** The limits of a search. `untilMs` is a time of `performance.now()`. */
export interface SearchBounds extends SearchLimits {
  readonly untilMs: number;
}

/** Searches files line by line until a limit is reached. It blocks its thread, so run it in a worker. */
export async function searchFiles(
  query: SearchQuery,
  check: PathCheck,
  bounds: SearchBounds,
  proposed: ProposedTexts = new Map(),
): Promise<SearchFindings> {
  const findLines = createLineFinder(query);
  const { skip = 0 } = query;
  const tally = new SearchTally(skip);
  for await (const file of withProposed(query, check, tally.leftOut, proposed)) {
    if (performance.now() > bounds.untilMs) return tally.findings('time');
    if (file === undefined) continue;
    if (tally.files === bounds.files) return tally.findings('files');
    const content = await contentOf(file, check, bounds.fileBytes);
    if (typeof content === 'string') {
      tally.skip(content, file.path);
      continue;
    }
    // One match more than is kept shows whether there are more.
    const room = skip + bounds.matches - tally.matches.length;
    const lines = findLines(content.text, room + 1);
    tally.add(lines.slice(0, room).map((line) => ({ path: file.path, ...line })));
    if (lines.length > room) return tally.findings('matches');
  }
  return tally.findings();
}

/** How many files that are too large are named. */
const maxTooLargeNamed = 5;

/** The findings of a search so far. */
class SearchTally {
  readonly leftOut = new LeftOutCounter();
  readonly matches: SearchMatch[] = [];
  readonly #skip: number;
  #searched = 0;
  readonly #tooLarge: string[] = [];

  constructor(skip: number) {
    this.#skip = skip;
  }

  /** Files that count against the limit. */
  get files(): number {
    return this.#searched + this.#tooLarge.length;
  }

  add(found: readonly SearchMatch[]): void {
    this.#searched += 1;
    for (const match of found) this.matches.push(match);
  }

  skip(why: SkipReason, path: string): void {
    if (why === 'too large') this.#tooLarge.push(path);
    if (why === 'protected') this.leftOut.add('protected file');
  }

  findings(stoppedBy?: SearchFindings['stoppedBy']): SearchFindings {
    return {
      matches: this.matches.slice(this.#skip),
      filesSearched: this.#searched,
      filesTooLarge: this.#tooLarge.length,
      firstTooLarge: this.#tooLarge.slice(0, maxTooLargeNamed),
      leftOut: this.leftOut.counts,
      ...(stoppedBy === undefined ? {} : { stoppedBy }),
    };
  }
}

/** What a conversation proposes, by workspace path; null for a file that is deleted. */
export type ProposedTexts = ReadonlyMap<string, string | null>;

/** The files on disk and, in the same order of paths, those of the overlay in their places. */
async function* withProposed(
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
    return text !== null && isMeant ? [{ path, text: shownText(text) }] : [];
  });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface ProposedFileText {
  readonly path: string;
  readonly text: string;
}

type SearchedFile = FileToSearch | ProposedFileText;

async function contentOf(
  file: SearchedFile,
  check: PathCheck,
  maxBytes: number,
): Promise<{ readonly text: string } | SkipReason> {
  if ('resolve' in file) return readOrSkip(file, check, maxBytes);
  return Buffer.byteLength(file.text) > maxBytes ? 'too large' : file;
}

/** Why a file is not searched. */
type SkipReason = 'too large' | 'protected' | 'not text';

interface FileToSearch {
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

async function readOrSkip(
  toSearch: FileToSearch,
  check: PathCheck,
  maxBytes: number,
): Promise<FileText | SkipReason> {
  try {
    return await readWholeTextFile(await toSearch.resolve(), check, maxBytes);
  } catch (error) {
    if (!isToolError(error) || toSearch.isNamed) throw error;
    // Otherwise it is binary, or was deleted after its folder was read.
    return error instanceof ProtectedFileError ? 'protected' : 'not text';
  }
}
