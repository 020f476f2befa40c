/** What the process exits with, so that scripts can tell how a run went. */
export const exitCodes = {
  allDone: 0,
  /** Some conversations failed or were stopped at a limit, or a result could not be written. */
  someFailed: 1,
  /** Wrong usage or unreadable input; nothing was sent. */
  usage: 2,
  /** Ended by Ctrl+C; what had finished was printed. */
  cancelled: 3,
  nothingToRun: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
