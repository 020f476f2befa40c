/** Names the file for the times; set for the extension host. */
export const TIMES_VARIABLE = 'INTERLEAVE_ACTIVATION_TIMES';

/** What one activation took, in ms. */
export interface ActivationTimes {
  /** Reading and evaluating the bundle. */
  readonly loadMs: number;
  /** The call of `activate` itself. */
  readonly activateMs: number;
  /** What a caller of `extension.activate()` waits, with VS Code's own work around it. */
  readonly wallMs: number;
}
