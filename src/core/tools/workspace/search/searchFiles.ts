import { isToolError } from '../../thrownText.ts';
import type { SearchLimits } from '../../toolLimits.ts';
import { LeftOutCounter } from '../leftOut.ts';
import { readWholeTextFile } from '../readTextFile.ts';
import { startsOf, walkFolder } from '../walkWorkspace.ts';
import type { FileText, SearchFindings, SearchMatch, SearchQuery } from '../workspace.ts';
import { ProtectedFileError } from '../workspaceErrors.ts';
import type { ResolvedPath, WorkspaceGate } from '../workspaceGate.ts';
import { resolveEntry } from '../workspaceGate.ts';
import { createFileFilter, relativeTo } from './filePattern.ts';
import { createLineFinder } from './lineFinder.ts';

/** How far a search goes; `untilMs` is of `performance.now()`. */
export interface SearchBounds extends SearchLimits {
  readonly untilMs: number;
}

/**
 * Searches files line by line, until a limit is reached or the time is up. It blocks while it matches:
 * it is meant for a worker thread.
 */
export async function searchFiles(
  query: SearchQuery,
  gate: WorkspaceGate,
  bounds: SearchBounds,
): Promise<SearchFindings> {
  const findLines = createLineFinder(query);
  const { skip = 0 } = query;
  const tally = new SearchTally(skip);
  for await (const file of filesToSearch(query, gate, tally.leftOut)) {
    if (performance.now() > bounds.untilMs) return tally.findings('time');
    if (file === undefined) continue;
    if (tally.files === bounds.files) return tally.findings('files');
    const content = await readOrSkip(file, gate, bounds.fileBytes);
    if (typeof content === 'string') {
      tally.skip(content);
      continue;
    }
    // One more than is kept tells whether there are more.
    const room = skip + bounds.matches - tally.matches.length;
    const lines = findLines(content.text, room + 1);
    tally.add(lines.slice(0, room).map((line) => ({ path: file.path, ...line })));
    if (lines.length > room) return tally.findings('matches');
  }
  return tally.findings();
}

/** What a search has come to so far. */
class SearchTally {
  readonly leftOut = new LeftOutCounter();
  readonly matches: SearchMatch[] = [];
  readonly #skip: number;
  #searched = 0;
  #tooLarge = 0;

  constructor(skip: number) {
    this.#skip = skip;
  }

  /** Files that count against the limit. */
  get files(): number {
    return this.#searched + this.#tooLarge;
  }

  add(found: readonly SearchMatch[]): void {
    this.#searched += 1;
    for (const match of found) this.matches.push(match);
  }

  skip(why: SkipReason): void {
    if (why === 'too large') this.#tooLarge += 1;
    if (why === 'protected') this.leftOut.add('protected file');
  }

  findings(stoppedBy?: SearchFindings['stoppedBy']): SearchFindings {
    return {
      matches: this.matches.slice(this.#skip),
      filesSearched: this.#searched,
      filesTooLarge: this.#tooLarge,
      leftOut: this.leftOut.counts,
      ...(stoppedBy === undefined ? {} : { stoppedBy }),
    };
  }
}

/** Why a file is not searched. */
type SkipReason = 'too large' | 'protected' | 'not text';

interface FileToSearch {
  resolve(): Promise<ResolvedPath>;
  readonly path: string;
  /** The query names this file, so it is told when it cannot be read. */
  readonly isNamed: boolean;
}

/** Undefined stands for something that is not searched, so that the clock is looked at now and then. */
async function* filesToSearch(
  query: SearchQuery,
  gate: WorkspaceGate,
  leftOut: LeftOutCounter,
): AsyncGenerator<FileToSearch | undefined, void, undefined> {
  const isWanted = createFileFilter(query.pattern);
  for (const start of await startsOf(query.path, gate)) {
    if (start.kind === 'file') {
      yield { path: start.path, isNamed: true, resolve: async () => start };
      continue;
    }
    const onLeftOut = leftOut.below(start.path, isWanted);
    for await (const entry of walkFolder(start, gate, onLeftOut)) {
      const { path, isFolder } = entry;
      const isSearched = !isFolder && isWanted(path, relativeTo(start.path, path));
      const resolve = (): Promise<ResolvedPath> => resolveEntry(entry, gate);
      yield isSearched ? { path, isNamed: false, resolve } : undefined;
    }
  }
}

async function readOrSkip(
  toSearch: FileToSearch,
  gate: WorkspaceGate,
  maxBytes: number,
): Promise<FileText | SkipReason> {
  try {
    return await readWholeTextFile(await toSearch.resolve(), gate, maxBytes);
  } catch (error) {
    if (!isToolError(error) || toSearch.isNamed) throw error;
    // Otherwise it is binary, or gone since its folder was read.
    return error instanceof ProtectedFileError ? 'protected' : 'not text';
  }
}
