/** Prices of a model, in US dollars per million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Input that is read from the prompt cache. */
  readonly cacheRead: number;
  /** Input that is written to the prompt cache. */
  readonly cacheWrite: number;
  /** Above this number of input tokens a request costs more; how much more is unknown. */
  readonly dearerAbove?: number;
}
