import { availableParallelism } from 'node:os';
import type { Disposable } from '../base/emitter.ts';
import { createArithmeticTools } from './arithmetic/arithmeticTools.ts';
import type { Tool } from './tool.ts';
import { createToolBox } from './toolBox.ts';
import type { ToolLimits } from './toolLimits.ts';
import { defaultToolLimits } from './toolLimits.ts';
import { NodeWorkspace } from './workspace/nodeWorkspace.ts';
import { SearchWorkers } from './workspace/search/searchWorkers.ts';
import type { WorkspaceRoot } from './workspace/workspace.ts';
import { createWorkspaceTools } from './workspace/workspaceTools.ts';

/** Options of `createToolset`. */
export interface ToolsetOptions {
  /** Folders on this machine's disk that tools may read. */
  readonly folders: readonly WorkspaceRoot[];
  /** Globs of files and folders that are hidden from tools. */
  readonly exclude: readonly string[];
  /** The script that serves searches in a worker thread. */
  readonly searchWorkerPath: string | URL;
  /** Reaches that script as `workerData`. */
  readonly searchWorkerData?: unknown;
  readonly limits?: ToolLimits;
}

/** The built-in tools with their resources. Dispose of them after use. */
export interface Toolset extends Disposable {
  readonly tools: readonly Tool[];
}

/** Several threads, so that a slow search does not block all others, but fewer than there are processors. */
function searchThreads(): number {
  return Math.min(4, Math.max(2, availableParallelism() - 1));
}

/** Creates the built-in tools. Search threads start with the first search. */
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
  const fileTools = createWorkspaceTools(workspace, limits);
  const box = createToolBox([...createArithmeticTools(), ...fileTools]);
  return { tools: [...box.values()], dispose: () => searches.dispose() };
}
