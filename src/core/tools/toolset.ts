import { availableParallelism } from 'node:os';
import type { Disposable } from '../base/emitter.ts';
import { createArithmeticTools } from './arithmetic/arithmeticTools.ts';
import type { Tool } from './tool.ts';
import { createToolBox } from './toolBox.ts';
import type { ToolLimits } from './toolLimits.ts';
import { defaultToolLimits } from './toolLimits.ts';
import { NodeWorkspace } from './workspace/nodeWorkspace.ts';
import { createProposalTools } from './workspace/proposalTools.ts';
import { SearchWorkers } from './workspace/search/searchWorkers.ts';
import type { Workspace, WorkspaceRoot } from './workspace/workspace.ts';
import { createWorkspaceTools } from './workspace/workspaceTools.ts';

export interface ToolsetOptions {
  /** Folders on this machine's disk that tools may look into. */
  readonly folders: readonly WorkspaceRoot[];
  /** Globs of what is not to be seen in them. */
  readonly exclude: readonly string[];
  /** The script that serves searches in a worker thread. */
  readonly searchWorkerPath: string | URL;
  /** Reaches that script as `workerData`. */
  readonly searchWorkerData?: unknown;
  readonly limits?: ToolLimits;
}

/** The built-in tools, and what has to be freed after them. */
export interface Toolset extends Disposable {
  readonly tools: readonly Tool[];
  /** The files that the tools work on. */
  readonly workspace: Workspace;
}

/** Enough that a slow search does not hold up all others, and few enough to leave room for the rest. */
function searchThreads(): number {
  return Math.min(4, Math.max(2, availableParallelism() - 1));
}

/** Makes the built-in tools. Nothing is started before a tool needs it. */
export function createToolset(options: ToolsetOptions): Toolset {
  const { limits = defaultToolLimits } = options;
  const searches = new SearchWorkers({
    threads: searchThreads(),
    script: options.searchWorkerPath,
    workerData: options.searchWorkerData,
    deadlineMs: limits.searchMs,
  });
  const scope = { roots: options.folders, exclude: options.exclude };
  const workspace = new NodeWorkspace(scope, searches, limits);
  const fileTools = [
    ...createWorkspaceTools(workspace, limits),
    ...createProposalTools(workspace, limits),
  ];
  const box = createToolBox([...createArithmeticTools(), ...fileTools]);
  return { tools: [...box.values()], workspace, dispose: () => searches.dispose() };
}
