/** Environment variable of the extension host: the file for the times. */
export const TIMES_VARIABLE = 'INTERLEAVE_ACTIVATION_TIMES';

/** The times of one activation, in ms. */
export interface ActivationTimes {
  /** Reading and evaluating the bundle. */
  readonly loadMs: number;
  /** The call of `activate`. */
  readonly activateMs: number;
  /** The time until `extension.activate()` resolves, including VS Code's own work. */
  readonly wallMs: number;
}
