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

/** Whether conversations get the tool without naming it. */
export function isGivenUnasked(effect: ToolEffect): boolean {
  return effect === 'pure' || effect === 'read';
}

/** The tools that a run can offer: their effects by their names. */
export type ToolEffects = ReadonlyMap<string, ToolEffect>;

/** The effects of tools by their names. */
export function effectsOf(
  tools: readonly { readonly name: string; readonly effect: ToolEffect }[],
): ToolEffects {
  return new Map(tools.map(({ name, effect }) => [name, effect]));
}
