import type { Lead } from '../approvals/rules/ruleCall.ts';
import type { Disposable } from '../base/emitter.ts';
import type { RunChoice } from '../base/runChoices.ts';
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

/** Options of `createToolset`. */
export interface ToolsetOptions {
  /** Folders on this machine's disk that tools may read. */
  readonly folders: readonly WorkspaceRoot[];
  /** Globs of files and folders that are hidden from tools. */
  readonly exclude: readonly string[];
  /** The script of the worker threads. */
  readonly workerPath: string | URL;
  readonly limits?: ToolLimits;
  /** What the editor says is wrong; without it there is no `get_diagnostics`. */
  readonly readDiagnostics?: ReadDiagnostics | undefined;
  /** `auto` when absent. */
  readonly cpuTools?: RunChoice<'cpuTools'>;
}

/** The built-in tools with their resources. Dispose of them after use. */
export interface Toolset extends Disposable {
  readonly tools: readonly Tool[];
  /** The files that the tools work on. */
  readonly workspace: Workspace;
  /** Where a path in a tool call leads when links are followed. */
  leadOf(path: string): Promise<Lead>;
  /** The workspace path of a place on this machine; undefined outside the workspace. */
  pathOf(place: string): string | undefined;
}

/** Creates the built-in tools. Search threads start with the first search. */
export function createToolset(options: ToolsetOptions): Toolset {
  const { limits = defaultToolLimits, cpuTools = 'auto', workerPath } = options;
  const workers = new ToolWorkers({ script: workerPath });
  const searches = new SearchWorkers(workers, limits.searchMs);
  const scope = { roots: options.folders, exclude: options.exclude };
  const workspace = new NodeWorkspace(scope, searches, limits);
  const all = [
    ...createCpuTools(),
    ...createWorkspaceTools(workspace, limits),
    ...diagnosticsTools(options, workspace, limits),
    createFetchTool({ workers }, limits),
    createCommandTool({ folder: options.folders[0]?.path }),
    createAskUserTool(),
    ...createProposalTools(workspace, limits),
    createDemoProgramTool(),
  ];
  const box = createToolBox(all.map((tool) => workerTool(tool, workers, cpuTools)));
  return {
    tools: [...box.values()],
    workspace,
    leadOf: (path) => workspace.leadOf(path),
    pathOf: (place) => workspacePathOf(place, options.folders),
    dispose: () => workers.dispose(),
  };
}

function diagnosticsTools(
  { readDiagnostics: read }: ToolsetOptions,
  workspace: NodeWorkspace,
  limits: ToolLimits,
): readonly Tool[] {
  if (read === undefined) return [];
  const shownPath = (path: string): Promise<string> => workspace.shownPath(path);
  return [createDiagnosticsTool({ read, shownPath }, limits)];
}
