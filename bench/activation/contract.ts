/** Environment variables of the extension host. */
export const variables = {
  /** The file for the times. */
  times: 'INTERLEAVE_ACTIVATION_TIMES',
  /** The base URL of a model server that speaks the Messages API. */
  server: 'INTERLEAVE_ACTIVATION_SERVER',
  /** A folder for the compiled code of the extension: the first start fills it, and the others take it from there. */
  compiled: 'INTERLEAVE_ACTIVATION_COMPILED',
} as const;

/** The times of one activation and of the first command after it, in ms. */
export interface ActivationTimes {
  /** Reading and evaluating the bundle. */
  readonly loadMs: number;
  /** The call of `activate`. */
  readonly activateMs: number;
  /** The time until `extension.activate()` resolves, including VS Code's own work. */
  readonly wallMs: number;
  /** From then on, how long the extension keeps the event loop busy with opening its views. */
  readonly openMs: number;
  /** When the command that sends the first request was called: ms since 1970, with fractions. */
  readonly calledMs: number;
}
