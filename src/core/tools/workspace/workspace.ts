import type { FileWindow, WindowMiss, WindowPlace } from './fileWindow.ts';

/** A folder that tools may read. */
export interface WorkspaceRoot {
  /** The first part of its paths when there are several roots. */
  readonly name: string;
  /** Absolute path on this machine. */
  readonly path: string;
}

/**
 * Why an entry is not shown: it may contain credentials, it is a link or a special file, or it is a workspace
 * folder that no longer exists.
 */
export type LeftOutReason =
  | 'protected file'
  | 'protected folder'
  | 'link'
  | 'special file'
  | 'missing folder';

/** The number of entries left out for each reason. Entries excluded by a setting do not count. */
export type LeftOut = { readonly [R in LeftOutReason]?: number };

/** The content of a text file, without a byte order mark and with `\n` as line ends. */
export interface FileText {
  /** Its workspace path, links followed. */
  readonly path: string;
  readonly text: string;
  /** Size of the whole file. */
  readonly bytes: number;
  /** Whether the file is larger than the limit; `text` is its beginning then. */
  readonly isCut: boolean;
}

/** A part of the text of a file that is too large to be read as a whole. */
export type TextWindow = (FileWindow | WindowMiss) & { readonly path: string };

/** What to list. Workspace paths have `/` between folders and start with the root's name if there are several. */
export interface ListQuery {
  /** A folder; empty for the top of the workspace. */
  readonly path: string;
  /**
   * Lists all files below `path` that match this glob, instead of the folder's entries. A glob without a slash is
   * matched against file names, any other against paths relative to `path` or to the top.
   */
  readonly pattern?: string;
}

/** Sorted workspace paths; those of folders end in `/`. */
export interface FileList {
  readonly paths: readonly string[];
  /** True when there are more than were listed. */
  readonly isCut: boolean;
  readonly leftOut: LeftOut;
}

/** A text search. */
export interface SearchQuery {
  readonly text: string;
  /** RE2 syntax: no look-around, no back-references. */
  readonly isRegExp: boolean;
  readonly caseSensitive: boolean;
  /** A folder or a file; empty for the top of the workspace. */
  readonly path: string;
  /** The files to search, as in `ListQuery`. */
  readonly pattern?: string;
  /** Matching lines to leave out, from the first; none when absent. */
  readonly skip?: number;
  /** Of one file: the first line to search, from 1. */
  readonly startLine?: number;
}

/** One line that matches. */
export interface SearchMatch {
  readonly path: string;
  /** Counts from 1. */
  readonly line: number;
  /** Of a line that is too long to be shown whole: where its match begins, from 1. */
  readonly column?: number;
  /** The line, or the part of a long one around the match. */
  readonly text: string;
}

/** Matches in the order of paths and lines; those of large files after all others. */
export interface SearchFindings {
  readonly matches: readonly SearchMatch[];
  readonly filesSearched: number;
  /** How many large files were not searched before a limit was reached, and the paths of the first ones. */
  readonly largeFilesLeft: number;
  readonly firstLargeLeft: readonly string[];
  /** The large file in which the time ran out, and the line that the search had come to. */
  readonly brokenOff?: { readonly path: string; readonly line: number };
  readonly leftOut: LeftOut;
  /** Which limit ended the search early, if one did. */
  readonly stoppedBy?: 'matches' | 'files' | 'time';
}

/** Options of a search. */
export interface SearchOptions {
  readonly signal: AbortSignal;
  /** Called when the search leaves the queue and begins. */
  readonly onBegin?: (() => void) | undefined;
  /** Files that are searched instead of those on disk, by workspace path; null for one that is not there. */
  readonly proposed?: readonly (readonly [path: string, text: string | null])[];
}

/** A file that may be written, whether it is there or not. */
export interface WriteTarget {
  /** Its workspace path, the same for every way to write it. */
  readonly path: string;
  /** Absolute path on this machine. */
  readonly realPath: string;
  /** The same below the folder as it was opened, which may itself be reached by a link. */
  readonly openPath: string;
  /** The file on disk, exactly; null if there is none. */
  read(): Promise<string | null>;
}

/**
 * The files that tools may read, and nothing else of the machine. All methods reject with a `ToolError` when the
 * model can fix its call, and with the signal's reason when it is aborted.
 */
export interface Workspace {
  readText(path: string, signal: AbortSignal): Promise<FileText>;
  /** Reads a part of a file on disk, however large the file is. */
  readWindow(path: string, place: WindowPlace, signal: AbortSignal): Promise<TextWindow>;
  /** The workspace path of what a path leads to, whether it is there or not; empty for the top. */
  locate(path: string, signal: AbortSignal): Promise<string>;
  /** A file to be written. Nothing is written by it. */
  writeTarget(path: string, signal: AbortSignal): Promise<WriteTarget>;
  list(query: ListQuery, signal: AbortSignal): Promise<FileList>;
  search(query: SearchQuery, options: SearchOptions): Promise<SearchFindings>;
}
