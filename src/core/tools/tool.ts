import type { Overlay } from '../proposals/overlay.ts';
import type { ToolSchema } from '../providers/provider.ts';

/** What a tool gets besides its input. */
export interface ToolContext {
  /** Aborted when the conversation is cancelled or the tool's time is up. */
  readonly signal: AbortSignal;
  readonly callId: string;
  /** What the conversation proposes. Absent where a call belongs to no conversation. */
  readonly overlay?: Overlay;
  /**
   * Stops the clock of the tool's time limit while the tool is queued and cannot work. Call what is
   * returned to go on. Pauses may overlap.
   */
  pauseTime(): () => void;
  /** For a `change`: never the same for two calls. Pass it on to servers that take such a key. */
  readonly idempotencyKey?: string;
}

/** An input that fits the tool, in the form that `execute` gets; or what is wrong with it, one line each. */
export type InputCheck =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Something that the model can ask for. `execute` gets only inputs that `check` has let through. A throw
 * becomes an error result for the model and never ends the conversation.
 */
export interface Tool extends ToolSchema {
  /**
   * `pure` depends on its input only; `read` looks at things and changes nothing; a `change` has an effect
   * outside: it is recorded before it is made, and never made twice.
   */
  readonly effect: 'pure' | 'read' | 'change';
  /**
   * It changes nothing but the overlay of its conversation. Such a call may be made again after an
   * interruption, because nothing outside has come of it.
   */
  readonly isProposal?: boolean;
  /** Milliseconds; the agent's default applies when absent. */
  readonly timeoutMs?: number;
  check(input: unknown): InputCheck;
  /** Resolves with text for the model. */
  execute(input: unknown, context: ToolContext): string | Promise<string>;
}

/** An error whose message is written for the model: what is wrong with the call, and how to mend it. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}
