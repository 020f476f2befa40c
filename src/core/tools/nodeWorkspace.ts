import { createFileFilter, relativeTo } from './filePattern.ts';
import { readTextFile } from './readTextFile.ts';
import type { SearchWorker } from './searchWorker.ts';
import { ToolError } from './tool.ts';
import type { ToolLimits } from './toolLimits.ts';
import { defaultToolLimits } from './toolLimits.ts';
import { readFolder, startsOf, walkFolder } from './walkWorkspace.ts';
import type {
  FileList,
  FileText,
  ListQuery,
  SearchFindings,
  SearchQuery,
  Workspace,
} from './workspace.ts';
import type { ResolvedPath, WorkspaceGate, WorkspaceScope } from './workspaceGate.ts';
import { createWorkspaceGate, resolveInWorkspace } from './workspaceGate.ts';
import { quoted } from './workspacePath.ts';

/** What one listing may come to. */
const listLimits = { paths: 2_000, ms: 2_000 } as const;

/** A workspace of folders on this machine's disk. It only ever reads. */
export class NodeWorkspace implements Workspace {
  readonly #scope: WorkspaceScope;
  readonly #searches: Pick<SearchWorker, 'search' | 'deadlineMs'>;
  readonly #limits: ToolLimits;
  #gate: WorkspaceGate | undefined;

  /** The workspace does not own `searches`: whoever made it disposes of it. */
  constructor(
    scope: WorkspaceScope,
    searches: Pick<SearchWorker, 'search' | 'deadlineMs'>,
    limits: ToolLimits = defaultToolLimits,
  ) {
    this.#scope = structuredClone(scope);
    this.#limits = limits;
    this.#searches = searches;
  }

  async readText(path: string, signal: AbortSignal): Promise<FileText> {
    const file = await resolveInWorkspace(path, this.#openGate());
    signal.throwIfAborted();
    return readTextFile(file, this.#limits.fileBytes);
  }

  async list(query: ListQuery, signal: AbortSignal): Promise<FileList> {
    const starts = await startsOf(query.path, this.#openGate());
    const file = starts.find(({ kind }) => kind === 'file');
    if (file !== undefined) throw new ToolError(`${quoted(query.path)} is a file, not a folder.`);
    if (query.pattern !== undefined) return this.#listMatching(starts, query.pattern, signal);
    const [only] = starts;
    if (only === undefined || starts.length > 1) {
      return { paths: starts.map(({ path }) => `${path}/`), isCut: false };
    }
    const entries = await readFolder(only, this.#openGate());
    const paths = entries.map((entry) => (entry.isFolder ? `${entry.path}/` : entry.path));
    return { paths: paths.slice(0, listLimits.paths), isCut: paths.length > listLimits.paths };
  }

  search(query: SearchQuery, signal: AbortSignal): Promise<SearchFindings> {
    // Ending by itself a little earlier keeps what was found so far.
    const softLimitMs = this.#searches.deadlineMs * 0.75;
    const limits = this.#limits.search;
    return this.#searches.search({ scope: this.#scope, query, limits, softLimitMs }, signal);
  }

  async #listMatching(
    starts: readonly ResolvedPath[],
    pattern: string,
    signal: AbortSignal,
  ): Promise<FileList> {
    const isWanted = createFileFilter(pattern);
    const untilMs = performance.now() + listLimits.ms;
    const paths: string[] = [];
    for (const start of starts) {
      for await (const { path, isFolder } of walkFolder(start, this.#openGate())) {
        signal.throwIfAborted();
        if (performance.now() > untilMs) return { paths, isCut: true };
        if (isFolder || !isWanted(path, relativeTo(start.path, path))) continue;
        if (paths.length === listLimits.paths) return { paths, isCut: true };
        paths.push(path);
      }
    }
    return { paths, isCut: false };
  }

  /** Made with the first use, so that an exclude glob that is not understood fails a call and not a start. */
  #openGate(): WorkspaceGate {
    this.#gate ??= createWorkspaceGate(this.#scope);
    return this.#gate;
  }
}
