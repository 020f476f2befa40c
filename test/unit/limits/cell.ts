/** A limit tested at its boundary. */
export interface Cell {
  /** The value of the limit. */
  readonly limit: number;
  /** Amounts per unit of the limit: 1,000 bytes are a KB. Default 1. */
  readonly scale?: number;
  /** The results of one less, exactly as much, and one more. */
  readonly ends: readonly [below: string, at: string, above: string];
  /** Uses this amount, under the limit that `args` set on the command line. */
  take(amount: number, args: readonly string[]): Promise<string>;
}
