import type { ToolsetOptions } from '../core/tools/toolset.ts';
import type { RunCommandServices } from './runServices.ts';

/** What the program gets from its caller. The commands derive their other services from it. */
export interface ProgramServices
  extends Omit<RunCommandServices, 'archive' | 'createToolset' | 'redactor' | 'version'> {
  /** Where tools work. */
  readonly tools: Pick<ToolsetOptions, 'folders' | 'exclude' | 'workerPath'>;
  /** The folder of the saved runs; runs are not saved when absent. */
  readonly runsFolder?: string;
}
