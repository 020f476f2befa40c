import type { RetryPolicy } from '../core/agent/retryPolicy.ts';
import type { Clock } from '../core/base/clock.ts';
import type { Redactor } from '../core/base/redact.ts';
import type { RunChoice } from '../core/base/runChoices.ts';
import type { RunArchive } from '../core/journal/runs/runArchive.ts';
import type { Lateness } from '../core/runner/lateness.ts';
import type { ToolLimits } from '../core/tools/toolLimits.ts';
import type { Toolset } from '../core/tools/toolset.ts';
import type { Environment } from './environment.ts';
import type { LinePrompt } from './questions/terminalPrompt.ts';
import type { Terminal } from './terminal.ts';

/** The services of the commands that run prompts. */
export interface RunCommandServices {
  readonly terminal: Terminal;
  readonly environment: Environment;
  /** The program's version. */
  readonly version: string;
  /** Removes the keys from everything that is shown or saved. */
  readonly redactor: Redactor;
  /** Creates the tools. The caller disposes of them. */
  createToolset(limits: ToolLimits, cpuTools?: RunChoice<'cpuTools'>): Toolset;
  /** How failed requests are retried; the default policy when absent. */
  readonly retry?: RetryPolicy;
  /** The clock for requests and waits; the system's when absent. */
  readonly clock?: Clock;
  /** Measures for one run how late this program is; not measured when absent. */
  readonly createLateness?: () => Lateness;
  /** The saved runs; absent when runs are not saved. */
  readonly archive?: RunArchive;
  /** The current folder, whose files the tools read. */
  readonly folder: string;
  /** The user's home folder, where agent files of their own are. */
  readonly home: string;
  /** Reads standard input, at most `maxBytes` + 1 bytes. */
  readonly readInput: (maxBytes: number) => Promise<Buffer>;
  /** Calls the listener for each Ctrl+C or other signal to end. Returns a function that stops this. */
  onInterrupt(listener: () => void): () => void;
  /** Asks the user what conversations ask; absent when no terminal is there to answer it. */
  readonly prompt?: LinePrompt;
  /** Asks the user a yes-or-no question; absent when no terminal is there to answer it. */
  ask?(question: string): Promise<boolean>;
}
