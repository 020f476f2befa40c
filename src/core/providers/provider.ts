import type { TurnStop, Usage } from '../../shared/conversationEvents.ts';
import type { ReasoningEffort } from '../base/reasoningEffort.ts';
import type { AssistantMessage, Message } from './message.ts';
import type { ModelInfo } from './modelInfo.ts';

export type ProviderId = 'anthropic' | 'openai' | 'vscode' | 'demo';

/** A tool as the model sees it. `inputSchema` is JSON Schema with an object at its root. */
export interface ToolSchema {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: { readonly [key: string]: unknown };
}

/** One model request. The same agent sends byte-identical `system` and `tools` every time. */
export interface ModelRequest {
  readonly model: string;
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSchema[];
  /** Upper bound of tokens in the answer. */
  readonly maxOutputTokens: number;
  readonly effort?: ReasoningEffort;
  /** `none` asks for an answer: the tools are there, but none may be called. */
  readonly toolChoice?: 'none';
  /** What `system` and `tools` come to: how many tokens, roughly, and a name for exactly these bytes. */
  readonly prefix?: { readonly tokens: number; readonly key: string };
}

/** A complete model response: its end was told, and nothing of it is missing. */
export interface ModelTurn {
  readonly message: AssistantMessage;
  readonly stop: TurnStop;
  readonly usage: Usage;
  readonly requestId?: string;
}

/** Hears of a turn while it streams. None of its functions may throw. */
export interface TurnObserver {
  /** A piece of the answer's text. */
  onText?(delta: string): void;
  /** A piece of the model's thinking, or of its summary; no part of the answer. */
  onThinking?(delta: string): void;
  /** What was asked for that the model does not allow, and what it gets instead, for a person. */
  onNote?(text: string): void;
  /** The response's head arrived: status and headers, lower-case names. */
  onHead?(status: number, header: (name: string) => string | undefined): void;
  /** The first event of the response's body: from here a shared prompt prefix is in the cache. */
  onBegin?(): void;
  /**
   * The request ends without a complete response: what the server had told of its cost until then.
   * Output that it had not counted yet is missing.
   */
  onSpent?(usage: Usage): void;
}

/** One API at one base URL with one credential. Safe for any number of concurrent turns. */
export interface Provider {
  readonly id: ProviderId;
  /** `scheme://host:port` requests go to; together with the credential it names the limiter. */
  readonly origin: string;
  /** How many requests at once where no number is set; found out by trying when absent. */
  readonly defaultConcurrency?: number;
  /** Whether it is on this machine or network, where requests may have to wait for one another. */
  readonly isLocal?: boolean;
  /**
   * Makes one streamed request and resolves when a complete response has arrived.
   * Rejects with a `ProviderError` for whatever goes wrong on the way, and with the signal's
   * reason when `signal` is aborted. It never retries.
   */
  turn(request: ModelRequest, observer: TurnObserver, signal: AbortSignal): Promise<ModelTurn>;
  /**
   * So many requests will follow soon, once something else has happened: opens connections for them.
   * Nothing is sent.
   */
  prepare?(count: number): void;
  /**
   * The models that can be asked, in the order in which the API names them; kept for some minutes.
   * Empty when the server does not list its models. Rejects with a `ProviderError`, or with the
   * signal's reason.
   */
  listModels(signal: AbortSignal): Promise<readonly ModelInfo[]>;
  /** Closes idle connections. Turns in flight go on to their end. */
  dispose(): void;
}
