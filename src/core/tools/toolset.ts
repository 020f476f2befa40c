import type { Lead } from '../approvals/rules/ruleCall.ts';
import type { Disposable } from '../base/emitter.ts';
import type { RunChoice } from '../base/runChoices.ts';
import type { CommandRunner } from './command/commandRunner.ts';
import { createCommandTool } from './command/commandTool.ts';
import { createCpuTools } from './cpuTools.ts';
import { createDemoProgramTool } from './demoProgram.ts';
import type { ReadDiagnostics } from './diagnostics/diagnosticsTool.ts';
import { createDiagnosticsTool } from './diagnostics/diagnosticsTool.ts';
import { createFetchTool } from './fetch/fetchUrlTool.ts';
import { createAskUserTool } from './questions/askUserTool.ts';
import type { Tool } from './tool.ts';
import { createToolBox } from './toolBox.ts';
import type { ToolLimits } from './toolLimits.ts';
import { defaultToolLimits } from './toolLimits.ts';
import { ToolWorkers } from './workers/toolWorkers.ts';
import { workerTool } from './workers/workerTool.ts';
import { NodeWorkspace } from './workspace/nodeWorkspace.ts';
import { createProposalTools } from './workspace/proposalTools.ts';
import { SearchWorkers } from './workspace/search/searchWorkers.ts';
import type { Workspace, WorkspaceRoot } from './workspace/workspace.ts';
import { workspacePathOf } from './workspace/workspacePath.ts';
import { createWorkspaceTools } from './workspace/workspaceTools.ts';

/** Options of `createSharedToolset`. */
export interface SharedToolsetOptions {
  /** Folders on this machine's disk that tools may read. */
  readonly folders: readonly WorkspaceRoot[];
  /** Globs of files and folders that are hidden from tools. */
  readonly exclude: readonly string[];
  readonly limits?: ToolLimits;
  /** What the editor says is wrong; without it there is no `get_diagnostics`. */
  readonly readDiagnostics?: ReadDiagnostics | undefined;
  /** How command lines run; in child processes when absent. */
  readonly runCommand?: CommandRunner | undefined;
  /** `auto` when absent. */
  readonly cpuTools?: RunChoice<'cpuTools'>;
}

/** Options of `createToolset`. */
export interface ToolsetOptions extends SharedToolsetOptions {
  /** The script of the worker threads. */
  readonly workerPath: string | URL;
}

/** The built-in tools. Their worker threads belong to others too. */
export interface SharedToolset {
  readonly tools: readonly Tool[];
  /** The files that the tools work on. */
  readonly workspace: Workspace;
  /** The bytes of a file of the workspace, however large it is. */
  readBytes(path: string): AsyncIterable<Uint8Array>;
  /** Where a path in a tool call leads when links are followed. */
  leadOf(path: string): Promise<Lead>;
  /** The workspace path of a place on this machine; undefined outside the workspace. */
  pathOf(place: string): string | undefined;
}

/** The built-in tools with their own worker threads. Dispose of them after use. */
export interface Toolset extends SharedToolset, Disposable {}

/** Creates the built-in tools. A worker thread starts with the first call that needs it. */
export function createToolset({ workerPath, ...options }: ToolsetOptions): Toolset {
  const workers = new ToolWorkers({ script: workerPath });
  return { ...createSharedToolset(options, workers), dispose: () => workers.dispose() };
}

/** Creates the built-in tools over worker threads that the caller ends. */
export function createSharedToolset(
  options: SharedToolsetOptions,
  workers: ToolWorkers,
): SharedToolset {
  const { limits = defaultToolLimits, cpuTools = 'auto' } = options;
  const searches = new SearchWorkers(workers, limits.searchMs);
  const scope = { roots: options.folders, exclude: options.exclude };
  const workspace = new NodeWorkspace(scope, searches, limits);
  const all = [
    ...createCpuTools(),
    ...createWorkspaceTools(workspace, limits),
    ...diagnosticsTools(options, workspace, limits),
    createFetchTool({ workers }, limits),
    createCommandTool({ folder: options.folders[0]?.path, run: options.runCommand }),
    createAskUserTool(),
    ...createProposalTools(workspace, limits),
    createDemoProgramTool(),
  ];
  const box = createToolBox(all.map((tool) => workerTool(tool, workers, cpuTools)));
  return {
    tools: [...box.values()],
    workspace,
    readBytes: (path) => workspace.readBytes(path),
    leadOf: (path) => workspace.leadOf(path),
    pathOf: (place) => workspacePathOf(place, options.folders),
  };
}

function diagnosticsTools(
  { readDiagnostics: read }: SharedToolsetOptions,
  workspace: NodeWorkspace,
  limits: ToolLimits,
): readonly Tool[] {
  if (read === undefined) return [];
  const shownPath = (path: string): Promise<string> => workspace.shownPath(path);
  return [createDiagnosticsTool({ read, shownPath }, limits)];
}
