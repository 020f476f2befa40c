import type { Lead } from '../approvals/rules/ruleCall.ts';
import type { Disposable } from '../base/emitter.ts';
import type { RunChoice } from '../base/runChoices.ts';
import { createCommandTool } from './command/commandTool.ts';
import { createCpuTools } from './cpuTools.ts';
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
import { SearchWorkers } from './workspace/search/searchWorkers.ts';
import type { WorkspaceRoot } from './workspace/workspace.ts';
import { createWorkspaceTools } from './workspace/workspaceTools.ts';

export interface ToolsetOptions {
  /** Folders on this machine's disk that tools may look into. */
  readonly folders: readonly WorkspaceRoot[];
  /** Globs of what is not to be seen in them. */
  readonly exclude: readonly string[];
  /** The script of the worker threads. */
  readonly workerPath: string | URL;
  /** Reaches that script as `workerData`. */
  readonly workerData?: unknown;
  readonly limits?: ToolLimits;
  /** What the editor says is wrong; without it there is no `get_diagnostics`. */
  readonly readDiagnostics?: ReadDiagnostics | undefined;
  /** `auto` when absent. */
  readonly cpuTools?: RunChoice<'cpuTools'>;
}

/** The built-in tools, and what has to be freed after them. */
export interface Toolset extends Disposable {
  readonly tools: readonly Tool[];
  /** Where a path that a call names leads after links are followed. */
  leadOf(path: string): Promise<Lead>;
}

/** Makes the built-in tools. Nothing is started before a tool needs it. */
export function createToolset(options: ToolsetOptions): Toolset {
  const { limits = defaultToolLimits, cpuTools = 'auto', workerPath, workerData } = options;
  const workers = new ToolWorkers({ script: workerPath, workerData });
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
  ];
  const box = createToolBox(all.map((tool) => workerTool(tool, workers, cpuTools)));
  return {
    tools: [...box.values()],
    leadOf: (path) => workspace.leadOf(path),
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
