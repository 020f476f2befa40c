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

/** The tools that a run can offer, by name. Whether a conversation gets one without naming it. */
export type OfferedTools = ReadonlyMap<string, { readonly isUnasked: boolean }>;
