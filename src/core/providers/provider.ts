import type { TurnStop } from '../../shared/conversationEvents.ts';
import type { Usage } from '../../shared/usage.ts';
import type { providerIds } from '../base/providerIds.ts';
import type { ReasoningEffort } from '../base/reasoningEffort.ts';
import type { AssistantMessage, Message } from './message.ts';
import type { ModelInfo } from './modelInfo.ts';

/** The id of a provider. */
export type ProviderId = (typeof providerIds)[number];

/** A tool as the model sees it. `inputSchema` is JSON Schema with an object at its root. */
export interface ToolSchema {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: { readonly [key: string]: unknown };
}

/** One model request. All requests of an agent have byte-identical `system` and `tools`. */
export interface ModelRequest {
  readonly model: string;
  readonly system: string;
  readonly messages: readonly Message[];
  /** Other messages of the conversation, which are not sent. Call ids in them are taken. */
  readonly earlier?: readonly Message[];
  readonly tools: readonly ToolSchema[];
  readonly maxOutputTokens: number;
  readonly effort?: ReasoningEffort;
  /** `none`: the model must answer without calling tools, although they are listed. */
  readonly toolChoice?: 'none';
  /** The shared prefix, `system` and `tools`: an estimate of its tokens, and a hash of its bytes. */
  readonly prefix?: { readonly tokens: number; readonly key: string };
}

/** A complete model response. `stop` says why it ended. */
export interface ModelTurn {
  readonly message: AssistantMessage;
  readonly stop: TurnStop;
  readonly usage: Usage;
  readonly requestId?: string;
}

/** Callbacks of a streaming turn. They must not throw. */
export interface TurnObserver {
  /** A delta of the visible text. */
  onText?(delta: string): void;
  /** A delta of the thinking or of its summary; not part of the answer. */
  onThinking?(delta: string): void;
  /** The model began a tool call, or wrote more of its input. */
  onToolCall?(): void;
  /** A note for people: what was asked for, is not supported by the model, and what is used instead. */
  onNote?(text: string): void;
  /** The response's status and headers (lower-case names) arrived. */
  onHead?(status: number, header: (name: string) => string | undefined): void;
  /** The first event of the body arrived: from here on a shared prompt prefix is in the cache. */
  onBegin?(): void;
  /**
   * The request failed or was cancelled after the server had reported usage. Output that the server
   * had not counted yet is missing.
   */
  onSpent?(usage: Usage): void;
}

/** One API at one base URL with one credential. Safe for any number of concurrent turns. */
export interface Provider {
  readonly id: ProviderId;
  /** `scheme://host:port` of all requests. Origin and credential together identify the limiter. */
  readonly origin: string;
  /** The plain form of its base URL, as it was chosen; absent where none is chosen. */
  readonly baseUrl?: string;
  /** Concurrent requests when no number is set; absent: the limiter finds out. */
  readonly defaultConcurrency?: number;
  /** Whether the server is on this machine or the local network, where requests may queue up. */
  readonly isLocal?: boolean;
  /**
   * Makes one streamed request and resolves with the complete response.
   * Rejects with a `ProviderError`, or with the signal's reason when `signal` is aborted.
   * Never retries.
   */
  turn(request: ModelRequest, observer: TurnObserver, signal: AbortSignal): Promise<ModelTurn>;
  /** Opens connections for `count` requests that will follow soon. Sends nothing. */
  prepare?(count: number): void;
  /**
   * The available models, in the API's order; cached for some minutes. Empty when the server does not
   * list its models. Rejects with a `ProviderError`, or with the signal's reason.
   */
  listModels(signal: AbortSignal): Promise<readonly ModelInfo[]>;
  /** Closes idle connections. Turns in flight run to their end. */
  dispose(): void;
}
