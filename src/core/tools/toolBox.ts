import { UserError } from '../base/errors.ts';
import { isGivenUnasked } from '../base/toolEffect.ts';
import type { Tool } from './tool.ts';

/** Tools by name. A name stands for one tool, so none can take the place of another. */
export type ToolBox = ReadonlyMap<string, Tool>;

/** Names that both providers accept. */
const toolName = /^[A-Za-z0-9_-]{1,64}$/;

/** Puts tools into a box. Throws a `UserError` for a name that is taken or that no provider accepts. */
export function createToolBox(tools: Iterable<Tool>): ToolBox {
  const box = new Map<string, Tool>();
  for (const tool of tools) {
    if (!toolName.test(tool.name)) {
      throw new UserError(
        `The tool name ${JSON.stringify(tool.name)} cannot be used: a name has 1 to 64 letters, digits, "_" and "-".`,
      );
    }
    if (box.has(tool.name)) {
      throw new UserError(
        `There are two tools named "${tool.name}". Rename or leave out one of them.`,
      );
    }
    box.set(tool.name, tool);
  }
  return box;
}

/** Nobody wants to be asked by each of many conversations, unless a prompt says so. */
function isUnasked({ effect, questionsIn }: Tool): boolean {
  return isGivenUnasked(effect) && questionsIn === undefined;
}

/**
 * The tools of these names, once each and in their order. Without names only the pure and the reading ones
 * that ask nobody: nothing changes and nothing leaves this machine unless someone asked for it. Throws a `UserError`.
 */
export function pickTools(
  available: readonly Tool[],
  names: readonly string[] | undefined,
): readonly Tool[] {
  if (names === undefined) return available.filter(isUnasked);
  const byName = new Map(available.map((tool) => [tool.name, tool]));
  return [...new Set(names)].map((name) => {
    const tool = byName.get(name);
    if (tool !== undefined) return tool;
    const known = [...byName.keys()].join(', ');
    throw new UserError(`There is no tool named "${name}". The tools are: ${known}.`);
  });
}
