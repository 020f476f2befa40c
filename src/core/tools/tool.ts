import type { Question } from '../approvals/inbox/request.ts';
import type { Decision } from '../approvals/rules/decision.ts';
import type { ToolEffect } from '../base/toolEffect.ts';
import type { ToolSchema } from '../providers/provider.ts';

/** What a tool gets besides its input. */
export interface ToolContext {
  /** Aborted when the conversation is cancelled or the tool's time is up. */
  readonly signal: AbortSignal;
  readonly callId: string;
  /** What the conversation proposes. Absent where a call belongs to no conversation. */
  readonly overlay?: { readonly isEmpty: boolean };
  /**
   * Stops the clock of the tool's time limit while the tool is queued and cannot work. Call what is
   * returned to go on. Pauses may overlap.
   */
  pauseTime(): () => void;
  /**
   * What the rules say of another call of this tool by the same agent, whose host was resolved to these
   * addresses. Absent where no rules hold.
   */
  rulesSay?(input: unknown, addresses: readonly string[]): Decision;
  /** For a tool that changes something: unique to the call. Pass it on to servers that take such a key. */
  readonly idempotencyKey?: string;
  /** What a person answered to a call that asks. */
  readonly answers?: readonly string[];
}

/** What decides on a call gives its tool. */
export type GivenByGate = Pick<ToolContext, 'rulesSay' | 'answers'>;

/** An input that fits the tool, in the form that `execute` gets; or what is wrong with it, one line each. */
export type InputCheck =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly string[] };

/** How busy a tool keeps the processor. */
export interface CpuUse {
  /** Whether the work for this checked input takes less time than to hand it to a worker thread. */
  isLight(input: unknown): boolean;
}

/**
 * Something that the model can ask for. `execute` gets only inputs that `check` has let through. A throw
 * becomes an error result for the model and never ends the conversation.
 */
export interface Tool extends ToolSchema {
  readonly effect: ToolEffect;
  /**
   * Present if the tool keeps the processor busy. Such a tool must need nothing but its input, so that it can
   * run in a worker thread.
   */
  readonly cpu?: CpuUse;
  /** Milliseconds; the agent's default applies when absent. */
  readonly timeoutMs?: number;
  /**
   * For a tool whose calls a person answers: what a checked input asks. Such a tool has to be named, and no rule
   * allows its calls: each waits for its answer.
   */
  questionsIn?(input: unknown): readonly Question[];
  /** For a tool that can change under way: whether it still is what the model was told of. */
  isUnchanged?(): boolean;
  check(input: unknown): InputCheck;
  /** Resolves with text for the model. */
  execute(input: unknown, context: ToolContext): string | Promise<string>;
}

/** An error whose message is written for the model: what is wrong with the call, and how to mend it. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}
