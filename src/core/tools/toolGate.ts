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

/** The gate of tools that need nobody's consent. */
export const allowEveryCall: ToolGate = () => allowed;

const allowed: GateDecision = { kind: 'allow' };
