/** Environment variable of the extension host: the task, as JSON. */
export const TASK_VARIABLE = 'INTERLEAVE_WINDOW_TASK';

/** What to measure in a window. */
export interface WindowTask {
  /** Where the times go. */
  readonly file: string;
  /** The simulator. */
  readonly url: string;
  readonly model: string;
  readonly conversations: number;
  /** Where a profile of the run's long turns goes; the times are then worth nothing. */
  readonly profileFile?: string;
}

/** The times of one run in a window, in ms. */
export interface WindowTimes {
  /** From the command to the end of the run. */
  readonly wallMs: number;
  /** Conversations with an answer. */
  readonly done: number;
  /** Delays of the extension host's event loop during the run. */
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  /** From the cancelling of all conversations to the end of their run. */
  readonly cancelMs: number;
  /** Growth of the heap, in MB, from before the run to after its panel was closed. */
  readonly keptMb: number;
}
