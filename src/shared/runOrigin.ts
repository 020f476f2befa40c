/** A root folder of the workspace, or the current folder of a command, in which a run was made. */
export interface OriginFolder {
  readonly name: string;
  /** Its path on disk; the URI of a folder that is on no disk of the machine that made the run. */
  readonly path: string;
}

/** An agent of a run, as it was when the run was made. Hashes are SHA-256, in hex. */
export interface OriginAgent {
  /** Its name; absent where no agent was chosen. */
  readonly name?: string;
  readonly provider: string;
  readonly model: string;
  /** The base URL in its plain form; absent where the provider has none. Never holds a key. */
  readonly endpoint?: string;
  readonly systemPromptHash: string;
  /** Hash of the names, descriptions and input schemas of its tools, as they are sent. */
  readonly toolsHash: string;
}

/** The names of the programs that make runs. */
export const programs = { vscode: 'interleave-vscode', commandLine: 'interleave-cli' } as const;

/** Where a run was made, and with what. A run goes on only there, and only with the same. */
export interface RunOrigin {
  readonly program: { readonly name: string; readonly version: string };
  readonly folders: readonly OriginFolder[];
  /**
   * `PlannedConversation.agent` is an index of this list. Behind the agents that conversations start with stand
   * those that they can be handed over to, or ask.
   */
  readonly agents: readonly OriginAgent[];
}
