import { defaultToolLimits } from '../core/tools/toolLimits.ts';
import type { RunCommandServices } from './runServices.ts';

/** The names of all tools; limits do not change them. */
export function toolNames({
  createToolset,
}: Pick<RunCommandServices, 'createToolset'>): readonly string[] {
  const toolset = createToolset(defaultToolLimits);
  const names = toolset.tools.map(({ name }) => name);
  toolset.dispose();
  return names;
}
