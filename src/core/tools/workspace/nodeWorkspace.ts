import type { Lead } from '../../approvals/rules/ruleCall.ts';
import type { FileAccess } from '../../base/fileAccess.ts';
import { nodeFileAccess } from '../../base/fileAccess.ts';
import { ToolError } from '../tool.ts';
import type { ToolLimits } from '../toolLimits.ts';
import { defaultToolLimits } from '../toolLimits.ts';
import type { WindowPlace } from './fileWindow.ts';
import { LeftOutCounter } from './leftOut.ts';
import { locate } from './locate.ts';
import { openResolved } from './openResolved.ts';
import type { PathCheck, ResolvedPath, WorkspaceScope } from './pathCheck.ts';
import { createPathCheck, leadOf, resolveInWorkspace } from './pathCheck.ts';
import { readTextFile, readTextWindow } from './readTextFile.ts';
import { createFileFilter, relativeTo } from './search/filePattern.ts';
import type { SearchWorkers } from './search/searchWorkers.ts';
import { readFolder, startsOf, walkFolder } from './walkWorkspace.ts';
import type {
  FileList,
  FileText,
  ListQuery,
  SearchFindings,
  SearchOptions,
  SearchQuery,
  TextWindow,
  Workspace,
  WriteTarget,
} from './workspace.ts';
import { FolderError } from './workspaceErrors.ts';
import { quotedPath } from './workspacePath.ts';
import { writeTarget } from './writeTarget.ts';

/** The limits of one listing. */
const listLimits = { paths: 2_000, ms: 2_000 } as const;

/** A read-only workspace of folders on this machine's disk. */
export class NodeWorkspace implements Workspace {
  readonly #scope: WorkspaceScope;
  readonly #searches: Pick<SearchWorkers, 'search' | 'deadlineMs'>;
  readonly #limits: ToolLimits;
  readonly #access: FileAccess;
  #check: PathCheck | undefined;

  /** The caller disposes of `searches`. */
  constructor(
    scope: WorkspaceScope,
    searches: Pick<SearchWorkers, 'search' | 'deadlineMs'>,
    limits: ToolLimits = defaultToolLimits,
    access: FileAccess = nodeFileAccess,
  ) {
    this.#access = access;
    this.#scope = structuredClone(scope);
    this.#limits = limits;
    this.#searches = searches;
  }

  /** Where a path leads after links are followed. */
  leadOf(path: string): Promise<Lead> {
    return leadOf(path, this.#openCheck());
  }

  /** The workspace path of a file or folder that tools may look at. */
  async shownPath(path: string): Promise<string> {
    return (await resolveInWorkspace(path, this.#openCheck())).path;
  }

  async readText(path: string, signal: AbortSignal): Promise<FileText> {
    const file = await resolveInWorkspace(path, this.#openCheck());
    signal.throwIfAborted();
    return readTextFile(file, this.#openCheck(), this.#limits.fileBytes);
  }

  /** The bytes of a file, however large it is. Refuses the same files as `readText`, except by their content. */
  async *readBytes(path: string): AsyncGenerator<Uint8Array> {
    const file = await resolveInWorkspace(path, this.#openCheck());
    if (file.kind === 'folder') throw new FolderError(file.path);
    const handle = await openResolved(file, this.#openCheck());
    // The stream closes the handle.
    yield* handle.createReadStream();
  }

  async readWindow(path: string, place: WindowPlace, signal: AbortSignal): Promise<TextWindow> {
    const file = await resolveInWorkspace(path, this.#openCheck());
    signal.throwIfAborted();
    return readTextWindow(file, this.#openCheck(), place, signal);
  }

  async locate(path: string, signal: AbortSignal): Promise<string> {
    const located = await locate(path, this.#openCheck());
    signal.throwIfAborted();
    return located;
  }

  async writeTarget(path: string, signal: AbortSignal): Promise<WriteTarget> {
    const target = await writeTarget(path, this.#openCheck(), this.#limits.fileBytes);
    signal.throwIfAborted();
    return target;
  }

  async list(query: ListQuery, signal: AbortSignal): Promise<FileList> {
    const counter = new LeftOutCounter();
    const starts = await startsOf(query.path, this.#openCheck(), counter);
    const file = starts.find(({ kind }) => kind === 'file');
    if (file !== undefined)
      throw new ToolError(`${quotedPath(query.path)} is a file, not a folder.`);
    if (query.pattern !== undefined)
      return this.#listMatching(starts, query.pattern, counter, signal);
    const [only] = starts;
    if (only === undefined || starts.length > 1) {
      return { paths: starts.map(({ path }) => `${path}/`), isCut: false, leftOut: counter.counts };
    }
    const { entries, leftOut } = await readFolder(only, this.#openCheck());
    const paths = entries.map((entry) => (entry.isFolder ? `${entry.path}/` : entry.path));
    for (const { reason } of leftOut) counter.add(reason);
    return {
      paths: paths.slice(0, listLimits.paths),
      isCut: paths.length > listLimits.paths,
      leftOut: counter.counts,
    };
  }

  search(query: SearchQuery, { proposed, ...options }: SearchOptions): Promise<SearchFindings> {
    // The search ends by itself before its deadline and so keeps what it has found.
    const softLimitMs = this.#searches.deadlineMs * 0.75;
    const limits = this.#limits.search;
    const request = { scope: this.#scope, query, limits, softLimitMs };
    return this.#searches.search(proposed ? { ...request, proposed } : request, options);
  }

  async #listMatching(
    starts: readonly ResolvedPath[],
    pattern: string,
    counter: LeftOutCounter,
    signal: AbortSignal,
  ): Promise<FileList> {
    const isWanted = createFileFilter(pattern);
    const untilMs = performance.now() + listLimits.ms;
    const paths: string[] = [];
    const list = (isCut: boolean): FileList => ({ paths, isCut, leftOut: counter.counts });
    for (const start of starts) {
      const onLeftOut = counter.below(start.path, isWanted);
      for await (const { path, isFolder } of walkFolder(start, this.#openCheck(), onLeftOut)) {
        signal.throwIfAborted();
        if (performance.now() > untilMs) return list(true);
        if (isFolder || !isWanted(path, relativeTo(start.path, path))) continue;
        if (paths.length === listLimits.paths) return list(true);
        paths.push(path);
      }
    }
    return list(false);
  }

  /** Created on first use, so that an invalid exclude glob fails a call instead of the start. */
  #openCheck(): PathCheck {
    this.#check ??= createPathCheck(this.#scope, this.#access);
    return this.#check;
  }
}
