/** One folder that tools may look into. */
export interface WorkspaceRoot {
  /** What its paths start with when there are several roots. */
  readonly name: string;
  /** Absolute path on this machine. */
  readonly path: string;
}

/** Why something in a folder is not shown: it may hold credentials, or it is a link, a device and the like. */
export type LeftOutReason = 'protected file' | 'protected folder' | 'link' | 'special file';

/** How many were left out, by why; what a setting excludes is not among them. */
export type LeftOut = { readonly [R in LeftOutReason]?: number };

/** A text file's content, without a byte order mark, its line ends made `\n`. */
export interface FileText {
  readonly text: string;
  /** Size of the whole file. */
  readonly bytes: number;
  /** True when the file is longer than what may be read of it; `text` is its beginning. */
  readonly isCut: boolean;
}

/** What to list. Paths are workspace paths: `/` between folders, the root's name first if there are several. */
export interface ListQuery {
  /** A folder; empty for the top of the workspace. */
  readonly path: string;
  /**
   * Lists the files at any depth that match this glob, instead of the folder's own entries. Without
   * a slash it is matched against file names, else against paths relative to `path` or to the top.
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

/** What to search for, and where. */
export interface SearchQuery {
  readonly text: string;
  /** RE2 syntax: no look-around, no back-references. */
  readonly isRegExp: boolean;
  readonly caseSensitive: boolean;
  /** A folder or a file; empty for the top of the workspace. */
  readonly path: string;
  /** As in `ListQuery`: which files to search. */
  readonly pattern?: string;
  /** Matching lines to leave out, from the first; none when absent. */
  readonly skip?: number;
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

/** Matches in the order of paths and lines. */
export interface SearchFindings {
  readonly matches: readonly SearchMatch[];
  readonly filesSearched: number;
  /** Files that were left out because they are too large. */
  readonly filesTooLarge: number;
  readonly leftOut: LeftOut;
  /** Which limit ended the search early, if one did. */
  readonly stoppedBy?: 'matches' | 'files' | 'time';
}

/** How a search goes. */
export interface SearchOptions {
  readonly signal: AbortSignal;
  /** Called when the search begins: until then it stands in line behind others. */
  readonly onBegin?: (() => void) | undefined;
}

/**
 * The files that tools may look at, and nothing else of the machine. Everything rejects with a
 * `ToolError` when the model can mend its call, and with the signal's reason when that is aborted.
 */
export interface Workspace {
  readText(path: string, signal: AbortSignal): Promise<FileText>;
  list(query: ListQuery, signal: AbortSignal): Promise<FileList>;
  search(query: SearchQuery, options: SearchOptions): Promise<SearchFindings>;
}
