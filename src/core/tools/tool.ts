import type { Question, QuestionAnswer } from '../approvals/inbox/approvalRequest.ts';
import type { Decision } from '../approvals/rules/decision.ts';
import type { ToolEffect } from '../base/toolEffect.ts';
import type { Overlay } from '../proposals/overlay.ts';
import type { ToolSchema } from '../providers/provider.ts';

/** The context of one tool call. */
export interface ToolContext {
  /** Aborted when the conversation is cancelled or the tool times out. */
  readonly signal: AbortSignal;
  readonly callId: string;
  /** What the conversation proposes. Absent where a call belongs to no conversation. */
  readonly overlay?: Overlay;
  /**
   * Pauses the tool's timeout while the tool is queued and cannot work. Call the returned function to resume it.
   * Pauses may overlap.
   */
  pauseTime(): () => void;
  /**
   * What the rules say of another call of this tool by the same agent, whose host was resolved to these
   * addresses. Absent where no rules hold.
   */
  rulesSay?(input: unknown, addresses: readonly string[]): Decision;
  /** Unique for each call of a tool that can change something. Pass it to servers that support such keys. */
  readonly idempotencyKey?: string;
  /** What the user answered to a call that asks. */
  readonly answers?: readonly QuestionAnswer[];
}

/** What the gate hands to the tool whose call it allows. */
export type GivenByGate = Pick<ToolContext, 'rulesSay' | 'answers'>;

/** A valid input as `execute` receives it, or the problems of an invalid one, one per line. */
export type InputCheck =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly string[] };

/** How busy a tool keeps the processor. */
export interface CpuUse {
  /** Whether the work for this checked input takes less time than to hand it to a worker thread. */
  isLight(input: unknown): boolean;
}

/**
 * A tool that the model can call. `execute` receives only inputs that `check` has accepted. An exception becomes an
 * error result for the model and never ends the conversation.
 */
export interface Tool extends ToolSchema {
  readonly effect: ToolEffect;
  /**
   * Present if the tool keeps the processor busy. Such a tool must need nothing but its input, so that it can
   * run in a worker thread.
   */
  readonly cpu?: CpuUse;
  /**
   * The tool changes nothing but the overlay of its conversation. Such a call may be repeated after an
   * interruption, because it has no effect outside.
   */
  readonly isProposal?: boolean;
  /** Timeout in ms; the agent's default when absent. */
  readonly timeoutMs?: number;
  /**
   * For a tool whose calls the user answers: what a checked input asks. Such a tool has to be named, and no rule
   * allows its calls: each waits for its answer.
   */
  questionsIn?(input: unknown): readonly Question[];
  /** For a tool that can change under way: whether it still is what the model was told of. */
  isUnchanged?(): boolean;
  check(input: unknown): InputCheck;
  /** Resolves with text for the model. */
  execute(input: unknown, context: ToolContext): string | Promise<string>;
}

/** An error whose message tells the model what is wrong with its call and how to fix it. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}
