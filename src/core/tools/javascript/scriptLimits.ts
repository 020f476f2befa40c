/** What one script of `run_javascript` may take and give. */
export interface ScriptLimits {
  /** Milliseconds, after which the interpreter stops it; a thread that does not stop is ended later. */
  readonly ms: number;
  readonly memoryMB: number;
  /** UTF-16 units of the script. */
  readonly codeLength: number;
  /** UTF-16 units of all that it prints. */
  readonly outputLength: number;
}

export const scriptLimits: ScriptLimits = {
  ms: 10_000,
  memoryMB: 64,
  codeLength: 100_000,
  outputLength: 200_000,
};
