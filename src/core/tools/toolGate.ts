import type { CheckedCall } from './checkCall.ts';

/** Whether a call may run. The model sees the reason of a denial. */
export type GateDecision =
  | { readonly kind: 'allow' }
  | { readonly kind: 'deny'; readonly reason: string };

/**
 * Decides whether a checked call may run, before the tool's timeout starts. It may take as long as the user needs.
 * Rejects with the signal's reason when the conversation ends first.
 */
export type ToolGate = (
  call: CheckedCall,
  signal: AbortSignal,
) => GateDecision | Promise<GateDecision>;

/** The gate of tools that need no approval. */
export const allowEveryCall: ToolGate = () => allowed;

const allowed: GateDecision = { kind: 'allow' };
