/** A part of the prompt, in the model's reading order. */
export interface PromptPart {
  /** The text that counts as tokens. */
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
  /** The calls answered for the first time: those of the last tool round. */
  readonly newCallIds: readonly string[];
  readonly parts: readonly PromptPart[];
  /** Requests share a prompt cache only within one namespace. */
  readonly cacheNamespace: string;
  /** Must be the same in all requests of a conversation, byte for byte. */
  readonly prefix: string;
  /** The request's settings as the response echoes them, in JSON without the braces. */
  readonly echo: string;
}
