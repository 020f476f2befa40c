import type { CallDecision } from '../../shared/callDecision.ts';
import type { CheckedCall } from './checkCall.ts';
import type { GivenByGate } from './tool.ts';

/** Whether a call may run. `decision` says what decided; it is absent where no decision was needed. */
export type GateDecision = CallPermission | CallDenial;

/** A call may run. */
export interface CallPermission {
  readonly kind: 'allow';
  readonly decision?: CallDecision;
  /** The input to run with, in the form that the tool's `execute` gets; the checked one when absent. */
  readonly input?: unknown;
  /** The arguments as the user changed them. The model is told. */
  readonly changed?: { readonly input: unknown };
  readonly forTool?: GivenByGate;
}

/** A call must not run. */
export interface CallDenial {
  readonly kind: 'deny';
  /** For the model. */
  readonly reason: string;
  readonly decision?: CallDecision;
  /** Whether the denial ends the conversation. */
  readonly ends?: true;
}

/** What the gate may use of the conversation that makes the call. */
export interface GateAsking {
  readonly signal: AbortSignal;
  /** Reports that the call waits for the user's decision from now on, and why. */
  waiting(why: CallDecision): void;
}

/**
 * Decides whether a checked call may run, before the tool's timeout starts. It may take as long as the user needs.
 * Rejects with the signal's reason when the conversation ends first.
 */
export type ToolGate = (
  call: CheckedCall,
  asking: GateAsking,
) => GateDecision | Promise<GateDecision>;

/** The agent whose calls are decided about. What was allowed for one agent is not allowed for another. */
export interface ToolCaller {
  readonly agent: string;
  /** The agents that led to it, its own name last. */
  readonly path: readonly string[];
  /** The calls that lead to the nested conversation that it has; empty for the conversation itself. */
  readonly within: readonly string[];
}

/** The gate of tools that need no approval. */
export const allowEveryCall: ToolGate = () => allowed;

const allowed: GateDecision = { kind: 'allow' };
