/** One limit at its boundary. */
export interface Cell {
  /** What the limit is set to. */
  readonly limit: number;
  /** Amounts that make one of the limit's units: 1,000 bytes make a KB. One when absent. */
  readonly scale?: number;
  /** What comes of one less, of exactly as much, and of one more. */
  readonly ends: readonly [below: string, at: string, above: string];
  /** Takes that much, under the limit that `args` set on the command line. */
  take(amount: number, args: readonly string[]): Promise<string>;
}
