import type { PromptOptions } from './promptOptions.ts';

/** How the names of the tools begin by which agents reach others. */
export const contactPrefixes = { transfer: 'transfer_to_', ask: 'ask_' } as const;

const chatAgents: ReadonlySet<string> = new Set(['agent', 'ask', 'edit', 'plan']);

/** Whether VS Code's chat has an agent of this name itself. */
export function isChatAgent(name: string): boolean {
  return chatAgents.has(name.toLowerCase());
}

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

/** A name of an agent in a file. */
export interface AgentMention {
  readonly name: string;
  /**
   * `own`: the name of the agent that the file is about; `answer`: the agent that is to answer a prompt; `transfer`
   * and `ask`: an agent that the file's own agent may reach.
   */
  readonly role: 'own' | 'answer' | 'transfer' | 'ask';
  /** Lines and columns count from 0; the end is exclusive. */
  readonly range: {
    readonly line: number;
    readonly column: number;
    readonly endLine: number;
    readonly endColumn: number;
  };
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
