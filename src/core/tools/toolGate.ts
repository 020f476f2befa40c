import type { CallDecision } from '../../shared/callDecision.ts';
import type { CheckedCall } from './checkCall.ts';
import type { GivenByGate } from './tool.ts';

/** Whether a call may run. `decision` says what decided it; absent where that goes without saying. */
export type GateDecision = CallPermission | CallDenial;

export interface CallPermission {
  readonly kind: 'allow';
  readonly decision?: CallDecision;
  /** The input to run with, in the form that the tool's `execute` gets; the checked one when absent. */
  readonly input?: unknown;
  /** The arguments as a person changed them; the model is told. */
  readonly changed?: { readonly input: unknown };
  readonly forTool?: GivenByGate;
}

export interface CallDenial {
  readonly kind: 'deny';
  /** For the model. */
  readonly reason: string;
  readonly decision?: CallDecision;
  /** Whether the conversation ends with it. */
  readonly ends?: true;
}

/** The conversation of a call that is decided. */
export interface GateAsking {
  readonly signal: AbortSignal;
  /** From now on a person has to decide, for this reason. */
  waiting(why: CallDecision): void;
}

/**
 * Decides whether a checked call may run, before the tool's time begins. It may take as long as a person
 * needs; rejects with the signal's reason when the conversation ends first.
 */
export type ToolGate = (
  call: CheckedCall,
  asking: GateAsking,
) => GateDecision | Promise<GateDecision>;

/** The gate of tools that need nobody's consent. */
export const allowEveryCall: ToolGate = () => allowed;

const allowed: GateDecision = { kind: 'allow' };
