import { isToolError } from '../../thrownText.ts';
import { ToolError } from '../../tool.ts';
import type { SearchLimits } from '../../toolLimits.ts';
import type { PathCheck } from '../pathCheck.ts';
import { readWholeTextFile, withTextFile } from '../readTextFile.ts';
import type { SearchFindings, SearchQuery } from '../workspace.ts';
import { ProtectedFileError } from '../workspaceErrors.ts';
import { createLineFinder, createTextMatcher } from './lineFinder.ts';
import { PieceSearch } from './pieceSearch.ts';
import type { FileToSearch, ProposedTexts, SearchedFile } from './searchedFiles.ts';
import { searchedFiles } from './searchedFiles.ts';
import type { SkipReason } from './searchTally.ts';
import { SearchTally } from './searchTally.ts';

/** The limits of a search. `untilMs` is a time of `performance.now()`. */
export interface SearchBounds extends SearchLimits {
  readonly untilMs: number;
}

/**
 * Searches files line by line until a limit is reached, large ones after all others. It blocks its thread, so run it
 * in a worker.
 */
export async function searchFiles(
  query: SearchQuery,
  check: PathCheck,
  bounds: SearchBounds,
  proposed: ProposedTexts = new Map(),
): Promise<SearchFindings> {
  const findLines = createLineFinder(query);
  const { skip = 0 } = query;
  const tally = new SearchTally(skip);
  for await (const file of searchedFiles(query, check, tally.leftOut, proposed)) {
    if (performance.now() > bounds.untilMs) return tally.findings('time');
    if (file === undefined) continue;
    if (tally.files === bounds.files) return tally.findings('files');
    const content = await contentOf(file, query, { check, ...bounds });
    if (typeof content === 'string') {
      tally.skip(content, file);
      continue;
    }
    // One match more than is kept shows whether there are more.
    const room = skip + bounds.matches - tally.matches.length;
    const lines = findLines(content.text, room + 1);
    tally.add(file.path, lines.slice(0, room));
    if (lines.length > room) return tally.findings('matches');
  }
  return tally.findings(await searchLargeFiles(query, check, bounds, tally));
}

/** Searches the files that are too large to be read as a whole. Returns the limit that was reached. */
async function searchLargeFiles(
  query: SearchQuery,
  check: PathCheck,
  bounds: SearchBounds,
  tally: SearchTally,
): Promise<SearchFindings['stoppedBy']> {
  const matcherFor = createTextMatcher(query);
  const { skip = 0, startLine = 1 } = query;
  for (let file = tally.nextLarge; file !== undefined; file = tally.nextLarge) {
    if (performance.now() > bounds.untilMs) return 'time';
    const room = skip + bounds.matches - tally.matches.length;
    const search = new PieceSearch({ matcherFor, startLine, max: room + 1 });
    const result = await searchPieces(search, file, { check, untilMs: bounds.untilMs });
    if (typeof result === 'string') {
      tally.skipLarge(result);
      continue;
    }
    tally.addLarge(search.matches.slice(0, room));
    if (search.matches.length > room) return 'matches';
    if (result.isWhole) continue;
    // Where a single line took all the time, the search goes on behind it.
    tally.brokenOff = { path: file.path, line: Math.max(search.line - 1, startLine) };
    return 'time';
  }
  return undefined;
}

/** The text of a file that is searched as a whole. */
async function contentOf(
  file: SearchedFile,
  { startLine }: SearchQuery,
  { check, fileBytes }: SearchBounds & { readonly check: PathCheck },
): Promise<{ readonly text: string } | SkipReason> {
  if (startLine !== undefined) {
    if (!file.isNamed) throw new ToolError('startLine is for one file: give its path.');
    return 'large';
  }
  if (!('resolve' in file)) return Buffer.byteLength(file.text) > fileBytes ? 'large' : file;
  return orSkip(file, async () => {
    const content = await readWholeTextFile(await file.resolve(), check, fileBytes);
    return content === 'too large' ? 'large' : content;
  });
}

/** Bytes that are searched at a time. */
const pieceBytes = 262_144;

/** Searches a file in pieces until the time is over or there are matches enough. */
async function searchPieces(
  search: PieceSearch,
  file: SearchedFile,
  { check, untilMs }: { readonly check: PathCheck; readonly untilMs: number },
): Promise<{ readonly isWhole: boolean } | SkipReason> {
  if (!('resolve' in file)) {
    search.add(Buffer.from(file.text));
    search.end();
    return { isWhole: true };
  }
  return orSkip(file, async () =>
    withTextFile(await file.resolve(), check, async (handle) => {
      const buffer = Buffer.allocUnsafe(pieceBytes);
      for (let offset = 0; !search.isFull; ) {
        const { bytesRead } = await handle.read(buffer, 0, pieceBytes, offset);
        if (bytesRead === 0) {
          search.end();
          break;
        }
        search.add(buffer.subarray(0, bytesRead));
        offset += bytesRead;
        // A search that goes on behind many lines must come further each time.
        const mayEnd = !search.isFull && !search.isSkipping;
        if (mayEnd && performance.now() > untilMs) return { isWhole: false };
      }
      return { isWhole: true };
    }),
  );
}

/** Reads a file of a folder. Only of a file that the query names are errors told. */
async function orSkip<T>(
  file: FileToSearch,
  read: () => Promise<T>,
): Promise<T | 'protected' | 'not text'> {
  try {
    return await read();
  } catch (error) {
    if (!isToolError(error) || file.isNamed) throw error;
    // Otherwise it is binary, or was deleted after its folder was read.
    return error instanceof ProtectedFileError ? 'protected' : 'not text';
  }
}
