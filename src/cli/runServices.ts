import type { RetryPolicy } from '../core/agent/retryPolicy.ts';
import type { Clock } from '../core/base/clock.ts';
import type { Redactor } from '../core/base/redact.ts';
import type { RunChoice } from '../core/base/runChoices.ts';
import type { RunArchive } from '../core/journal/runs/runArchive.ts';
import type { ToolLimits } from '../core/tools/toolLimits.ts';
import type { Toolset } from '../core/tools/toolset.ts';
import type { Environment } from './environment.ts';
import type { Terminal } from './terminal.ts';

/** What the commands that run prompts work with besides their arguments. */
export interface RunCommandServices {
  readonly terminal: Terminal;
  readonly environment: Environment;
  /** The program's version. */
  readonly version: string;
  /** Knows the keys that must not show anywhere. */
  readonly redactor: Redactor;
  /** Makes the tools; whoever asks for them disposes of them. */
  createToolset(limits: ToolLimits, cpuTools?: RunChoice<'cpuTools'>): Toolset;
  /** How failed requests are repeated; as everywhere when absent. */
  readonly retry?: RetryPolicy;
  /** How time passes; the system's when absent. */
  readonly clock?: Clock;
  /** Where runs are kept; they are not when absent. */
  readonly archive?: RunArchive;
  /** The folder the command was given in, which its tools look at. */
  readonly folder: string;
  /** The person's home folder, where agent files of their own are. */
  readonly home: string;
  /** Gives what standard input holds, at most so many bytes and one more. */
  readonly readInput: (maxBytes: number) => Promise<Buffer>;
  /** Calls back for every Ctrl+C, and signal to end, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  /** Asks the person a yes-or-no question; absent where nobody is there to answer it. */
  ask?(question: string): Promise<boolean>;
}
