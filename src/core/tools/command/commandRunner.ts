import type { CommandEnvironment } from './commandEnvironment.ts';

/** A command line to run. */
export interface CommandRequest {
  readonly command: string;
  /** The folder it runs in. */
  readonly folder: string;
  readonly environment: CommandEnvironment;
  /** Ends the command, with all that it has started, when it is aborted. */
  readonly signal: AbortSignal;
  /** Hears what it prints. */
  readonly onOutput: (text: string) => void;
}

/** How a command ended. */
export interface CommandEnd {
  /** Undefined when it did not end by itself. */
  readonly exitCode?: number;
  /** What ended it, such as `SIGKILL`. */
  readonly endedBy?: string;
  /** Why it is not known how it ended: a sentence for the model. */
  readonly problem?: string;
}

/** Runs a command line. Rejects when it cannot be started. */
export type CommandRunner = (request: CommandRequest) => Promise<CommandEnd>;
