import { LeftOutCounter } from '../leftOut.ts';
import type { SearchFindings, SearchMatch } from '../workspace.ts';
import type { SearchedFile } from './searchedFiles.ts';

/** Why a file is not searched, or not yet. */
export type SkipReason = 'large' | 'protected' | 'not text';

/** How many large files are named that were not searched. */
const maxLargeNamed = 5;

/** The findings of a search so far. */
export class SearchTally {
  readonly leftOut = new LeftOutCounter();
  readonly matches: SearchMatch[] = [];
  readonly #skip: number;
  #searched = 0;
  readonly #large: SearchedFile[] = [];
  brokenOff: SearchFindings['brokenOff'];

  constructor(skip: number) {
    this.#skip = skip;
  }

  /** Files that count against the limit. */
  get files(): number {
    return this.#searched + this.#large.length;
  }

  /** The first of the large files that are not searched yet. */
  get nextLarge(): SearchedFile | undefined {
    return this.#large[0];
  }

  add(path: string, lines: readonly Omit<SearchMatch, 'path'>[]): void {
    this.#searched += 1;
    for (const line of lines) this.matches.push({ path, ...line });
  }

  /** What was found in `nextLarge`. */
  addLarge(lines: readonly Omit<SearchMatch, 'path'>[]): void {
    const file = this.#large.shift();
    if (file !== undefined) this.add(file.path, lines);
  }

  skip(why: SkipReason, file: SearchedFile): void {
    if (why === 'large') this.#large.push(file);
    if (why === 'protected') this.leftOut.add('protected file');
  }

  skipLarge(why: SkipReason): void {
    const file = this.#large.shift();
    if (file !== undefined) this.skip(why, file);
  }

  findings(stoppedBy?: SearchFindings['stoppedBy']): SearchFindings {
    return {
      matches: this.matches.slice(this.#skip),
      filesSearched: this.#searched,
      largeFilesLeft: this.#large.length,
      firstLargeLeft: this.#large.slice(0, maxLargeNamed).map(({ path }) => path),
      leftOut: this.leftOut.counts,
      ...(this.brokenOff === undefined ? {} : { brokenOff: this.brokenOff }),
      ...(stoppedBy === undefined ? {} : { stoppedBy }),
    };
  }
}
