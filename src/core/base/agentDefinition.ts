import type { PromptOptions } from './promptOptions.ts';

/** How the names of the tools begin by which agents reach others. */
export const contactPrefixes = { transfer: 'transfer_to_', ask: 'ask_' } as const;

/** One way to hand a conversation over, as an agent file lists it. */
export interface AgentHandoff {
  /** The name of the agent that takes over. */
  readonly agent: string;
  /** When to hand over, in a few words. */
  readonly label?: string;
  /** What the next agent is to do. */
  readonly prompt?: string;
}

/** What an agent asks for itself. The options of a prompt come before them. */
export type AgentOptions = Omit<PromptOptions, 'system' | 'agent'>;

/** An agent as plain data, from its file. A name stands for one agent. */
export interface AgentDefinition {
  readonly name: string;
  /** What it is for, in the words that other agents read. */
  readonly description: string;
  readonly systemPrompt: string;
  readonly options: AgentOptions;
  readonly handoffs: readonly AgentHandoff[];
  /** Names of the agents that it may ask. */
  readonly agents: readonly string[];
}

/** An agent, and the file that it was read from. */
export interface FoundAgent {
  readonly file: string;
  readonly definition: AgentDefinition;
  /** Whether the user may pick it. */
  readonly isPickable: boolean;
  /** Whether agents that may ask all others may ask it. */
  readonly isForOthers: boolean;
  /** What is odd in its file, a line each. */
  readonly remarks: readonly string[];
}
