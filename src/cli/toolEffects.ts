import { effectsOf, type ToolEffects } from '../core/base/toolEffect.ts';
import { defaultToolLimits } from '../core/tools/toolLimits.ts';
import type { RunCommandServices } from './runServices.ts';

/** The effects of all tools by name; limits do not change them. */
export function toolEffects({
  createToolset,
}: Pick<RunCommandServices, 'createToolset'>): ToolEffects {
  const toolset = createToolset(defaultToolLimits);
  const effects = effectsOf(toolset.tools);
  toolset.dispose();
  return effects;
}
