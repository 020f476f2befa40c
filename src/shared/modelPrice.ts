/** What a model costs, in US dollars for a million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Input that is read from the prompt cache. */
  readonly cacheRead: number;
  /** Input that is written to the prompt cache. */
  readonly cacheWrite: number;
  /** Tokens of input from which on a request costs more, by how much is not known. */
  readonly dearerAbove?: number;
}
