import type { LimitValues } from '../base/limits.ts';
import { defaultLimitValues } from '../base/limits.ts';

/** What one search may come to. Plain data: it goes to the worker with every search. */
export interface SearchLimits {
  /** Matching lines. */
  readonly matches: number;
  /** Files that are looked into. */
  readonly files: number;
  /** Bytes of a file; a larger one is left out. */
  readonly fileBytes: number;
}

/** How much the tools on the workspace's files take and give. */
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
    // Less than what reaches a model at most, so that what is left out is left out at the end of a
    // line, with a word on how to go on.
    resultLength: Math.floor((values.toolResultCharacters * 5) / 6),
  };
}

export const defaultToolLimits = toolLimits(defaultLimitValues);
