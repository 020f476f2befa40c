/** The exit codes of the process. */
export const exitCodes = {
  allDone: 0,
  /** Some conversations failed or stopped at a limit, or a result could not be written or saved. */
  someFailed: 1,
  /** Wrong usage or unreadable input; nothing was sent. */
  usage: 2,
  /** Cancelled by Ctrl+C or a signal; finished answers were printed. */
  cancelled: 3,
  nothingToRun: 4,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
