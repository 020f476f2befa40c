import type { LimitValues } from '../base/limits.ts';
import { defaultLimitValues } from '../base/limits.ts';

/** The limits of one search. Plain data, because each search sends it to the worker. */
export interface SearchLimits {
  /** Matching lines. */
  readonly matches: number;
  /** Files that are read. */
  readonly files: number;
  /** Bytes of a file that is searched as a whole; a larger one is searched after all others, in pieces. */
  readonly fileBytes: number;
}

/** The limits of the workspace tools. */
export interface ToolLimits {
  /** Bytes of a file that are read. */
  readonly fileBytes: number;
  /** Lines of a file that are returned at a time. */
  readonly fileLines: number;
  readonly search: SearchLimits;
  /** Milliseconds of one search. */
  readonly searchMs: number;
  /** UTF-16 units of one result. */
  readonly resultLength: number;
}

/** The limits of the tools, from those that people set. */
export function toolLimits(values: LimitValues): ToolLimits {
  return {
    fileBytes: values.fileKB * 1000,
    fileLines: values.fileLines,
    search: {
      matches: values.searchMatches,
      files: values.searchFiles,
      fileBytes: values.searchFileKB * 1000,
    },
    searchMs: values.searchSeconds * 1000,
    // Less than the max length for the model, so that the tool itself can shorten its result at the end of a line
    // and say how to continue.
    resultLength: Math.floor((values.toolResultCharacters * 5) / 6),
  };
}

/** The default limits of the workspace tools. */
export const defaultToolLimits = toolLimits(defaultLimitValues);
