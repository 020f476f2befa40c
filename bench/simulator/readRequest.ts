/** A stretch of the prompt, in the order in which the model reads it. */
export interface PromptPart {
  /** What counts as tokens. */
  readonly text: string;
  /** What belongs to the exact prefix besides the text, such as ids. */
  readonly mark: string;
  /** Whether a cache breakpoint follows (Anthropic only). */
  readonly breakpoint: boolean;
}

/** A request that the API would accept. */
export interface ReadRequest {
  readonly model: string;
  readonly conversation: number;
  /** All tool results, in the order of the calls. */
  readonly results: readonly string[];
  /** The calls that are answered for the first time: those of the last tool round. */
  readonly newCallIds: readonly string[];
  readonly parts: readonly PromptPart[];
  /** Requests share a prompt cache only within one namespace. */
  readonly cacheNamespace: string;
  /** Everything that must be the same in all requests of a conversation, byte for byte. */
  readonly prefix: string;
  /** The request's settings as the answer repeats them, in JSON without the braces. */
  readonly echo: string;
}
