import type { CheckedCall } from './checkCall.ts';

/** Whether a call may run. The model is told the reason of a denial. */
export type GateDecision =
  | { readonly kind: 'allow' }
  | { readonly kind: 'deny'; readonly reason: string };

/**
 * Decides whether a checked call may run, before the tool's time begins. It may take as long as a person
 * needs; rejects with the signal's reason when the conversation ends first.
 */
export type ToolGate = (
  call: CheckedCall,
  signal: AbortSignal,
) => GateDecision | Promise<GateDecision>;

/** The agent whose calls are decided about. What was allowed for one agent is not allowed for another. */
export interface ToolCaller {
  readonly agent: string;
  /** The agents that led to it, its own name last. */
  readonly path: readonly string[];
  /** The calls that lead to the nested conversation that it has; empty for the conversation itself. */
  readonly within: readonly string[];
}

/** The gate of tools that need nobody's consent. */
export const allowEveryCall: ToolGate = () => allowed;

const allowed: GateDecision = { kind: 'allow' };
