import { UserError } from '../base/errors.ts';
import { isGivenUnasked } from '../base/toolEffect.ts';
import type { Tool } from './tool.ts';

/** Tools by unique name. */
export type ToolBox = ReadonlyMap<string, Tool>;

/** Names that both providers accept. */
const toolName = /^[A-Za-z0-9_-]{1,64}$/;

/** Creates a tool box. Throws a `UserError` for a duplicate name and for one that a provider would reject. */
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
 * The tools with these names, once each, in order. Without names, only the tools that are `pure` or `read` and ask
 * no person, so that nothing changes, is proposed or leaves this machine unless someone asked for it. Throws a
 * `UserError` for an unknown name.
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
