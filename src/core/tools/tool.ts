import type { ToolSchema } from '../providers/provider.ts';

/** The context of one tool call. */
export interface ToolContext {
  /** Aborted when the conversation is cancelled or the tool times out. */
  readonly signal: AbortSignal;
  readonly callId: string;
  /**
   * Pauses the tool's timeout while the tool is queued and cannot work. Call the returned function to resume it.
   * Pauses may overlap.
   */
  pauseTime(): () => void;
  /** Unique for each call of a tool with the effect `change`. Pass it to servers that support such keys. */
  readonly idempotencyKey?: string;
}

/** A valid input as `execute` receives it, or the problems of an invalid one, one per line. */
export type InputCheck =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * A tool that the model can call. `execute` receives only inputs that `check` has accepted. An exception becomes an
 * error result for the model and never ends the conversation.
 */
export interface Tool extends ToolSchema {
  /**
   * `pure`: depends on its input only. `read`: reads from outside but changes nothing. `change`: has an effect
   * outside; the call is recorded before it is made and never made twice.
   */
  readonly effect: 'pure' | 'read' | 'change';
  /** Timeout in ms; the agent's default when absent. */
  readonly timeoutMs?: number;
  check(input: unknown): InputCheck;
  /** Resolves with text for the model. */
  execute(input: unknown, context: ToolContext): string | Promise<string>;
}

/** An error whose message tells the model what is wrong with its call and how to fix it. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}
