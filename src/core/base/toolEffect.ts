/**
 * What a tool does:
 * - `pure`: its result depends on its input only
 * - `read`: looks at things on this machine and changes nothing
 * - `network`: fetches from other machines and changes nothing
 * - `write`: writes, or proposes to write
 * - `execute`: runs a program
 * - `foreign`: code of others, which may do anything
 */
export type ToolEffect = 'pure' | 'read' | 'network' | 'write' | 'execute' | 'foreign';

/** Whether a call may have changed something: it is recorded before it is made, and never made twice. */
export function isChange(effect: ToolEffect): boolean {
  return effect === 'write' || effect === 'execute' || effect === 'foreign';
}

/** What decides whether a tool has to be named. */
interface NamedTool {
  readonly effect: ToolEffect;
  /** Present when the user answers its calls. */
  readonly questionsIn?: unknown;
}

/**
 * Whether conversations get the tool without naming it: it changes nothing, sends nothing, and asks the user nothing.
 * Nobody wants to be asked by each of many conversations, unless a prompt says so.
 */
export function isGivenUnasked({ effect, questionsIn }: NamedTool): boolean {
  return (effect === 'pure' || effect === 'read') && questionsIn === undefined;
}

/** The tools that a run can offer, by name, and whether a conversation gets each without naming it. */
export type OfferedTools = ReadonlyMap<string, boolean>;

/** The tools that a run can offer. */
export function offeredTools(
  tools: readonly (NamedTool & { readonly name: string })[],
): OfferedTools {
  return new Map(tools.map((tool) => [tool.name, isGivenUnasked(tool)]));
}
