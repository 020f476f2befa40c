import type { OfferedTools } from '../core/base/toolEffect.ts';
import { offeredTools } from '../core/tools/toolBox.ts';
import { defaultToolLimits } from '../core/tools/toolLimits.ts';
import type { RunCommandServices } from './runServices.ts';

/** All tools that prompts can name; limits do not change them. */
export function knownTools({
  createToolset,
}: Pick<RunCommandServices, 'createToolset'>): OfferedTools {
  const toolset = createToolset(defaultToolLimits);
  const offered = offeredTools(toolset.tools);
  toolset.dispose();
  return offered;
}
