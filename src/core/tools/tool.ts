import type { ZodType } from 'zod';

/** What a tool gets besides its input. */
export interface ToolContext {
  /** Aborted when the conversation is cancelled or the tool's time is up. */
  readonly signal: AbortSignal;
  readonly callId: string;
  /**
   * Stops the clock of the tool's time limit, for as long as it stands in line and cannot work. What is
   * returned lets it go on. Waits may overlap.
   */
  pauseTime(): () => void;
  /** For a `change`: the same key never stands for two calls. To be passed on where that is possible. */
  readonly idempotencyKey?: string;
}

/**
 * Something the model can ask for. The input has been checked against `inputSchema` before `execute`
 * sees it. A throw becomes an error result for the model and never ends the conversation.
 */
export interface Tool<Input = unknown> {
  readonly name: string;
  /** For the model: what it does, when to use it, what comes back. */
  readonly description: string;
  /**
   * `pure` depends on nothing but its input; `read` looks at things and changes nothing. A `change` has
   * an effect outside: it is written down before it is made, and never made twice.
   */
  readonly effect: 'pure' | 'read' | 'change';
  readonly inputSchema: ZodType<Input>;
  /** Milliseconds; the agent's default applies when absent. */
  readonly timeoutMs?: number;
  /** Text for the model. */
  execute(input: Input, context: ToolContext): string | Promise<string>;
}

/** An error whose message was written for the model: what was wrong with the call, how to mend it. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

/** Keeps a tool's input type inside its definition and forgets it outside. */
export function defineTool<Input>(tool: Tool<Input>): Tool {
  // The schema checked the input, so the narrowing that the type system cannot follow is true.
  return tool as unknown as Tool;
}
