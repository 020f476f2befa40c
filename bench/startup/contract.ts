/** How the model answers. */
export interface ModelSettings {
  /** From a request to the first byte of its response. */
  readonly latencyMs: number;
  /** Turns with tool calls before the answer. */
  readonly rounds: number;
}

/** The model's thread tells this when it listens. */
export interface ModelListening {
  readonly port: number;
}

/** The model's thread tells this for each request, when it arrives. */
export interface ModelRequested {
  /** On a clock that processes share: ms since 1970, with fractions. */
  readonly atMs: number;
}
