import type { Tool } from '../../tools/tool.ts';

/** How an agent reaches another: by handing the conversation over, or by asking and going on. */
export type ContactKind = 'transfer' | 'ask';

/** One way from an agent to another, as the tool that takes it. */
export interface Contact {
  readonly kind: ContactKind;
  /** Name of the other agent. */
  readonly to: string;
  readonly tool: Tool;
  /** For a hand-over: what the other agent is to do, where the agent file says one thing only. */
  readonly prompt?: string;
}

/** Max steps from the agent that a conversation starts with. */
export const maxDepth = 3;

/**
 * Whether an agent at the end of this path may reach another. The path names the agents that led here, its own
 * name last. It never meets an agent twice, so agents cannot hand a conversation round or ask in circles.
 */
export function mayReach(path: readonly string[], to: string): boolean {
  return path.length <= maxDepth && !path.includes(to);
}
