import { type OfferedTools, offeredTools } from '../core/base/toolEffect.ts';
import { defaultToolLimits } from '../core/tools/toolLimits.ts';
import type { RunCommandServices } from './runServices.ts';

/** The tools that a run on the command line can offer; limits do not change which ones. */
export function offeredHere({
  createToolset,
}: Pick<RunCommandServices, 'createToolset'>): OfferedTools {
  const toolset = createToolset(defaultToolLimits);
  const offered = offeredTools(toolset.tools);
  toolset.dispose();
  return offered;
}
