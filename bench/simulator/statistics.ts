import type { Socket } from 'node:net';
import type { CacheUse } from './promptCache.ts';
import type { FaultKind } from './settings.ts';

/** The response of `GET /stats`: everything since the last reset. */
export interface SimulatorStatistics {
  /** Model requests that arrived, whatever their outcome. */
  readonly requests: number;
  /** Responses sent to their final event. */
  readonly completed: number;
  /** Requests rejected by the rate limit. */
  readonly rateLimited: number;
  /** Requests that a real API would refuse. */
  readonly invalid: number;
  /** The errors of the first few of them. */
  readonly invalidMessages: readonly string[];
  readonly faults: { readonly [K in FaultKind]?: number };
  /** Accepted requests per conversation, by its index. */
  readonly requestsByConversation: { readonly [conversation: string]: number };
  /** Distinct tool calls whose results arrived. */
  readonly toolResults: number;
  /** Tool calls in responses sent to their final event. */
  readonly toolCalls: number;
  readonly sockets: number;
  /** TLS handshakes, and those of them that resumed an earlier session. */
  readonly handshakes: number;
  readonly resumedHandshakes: number;
  readonly peakInFlight: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Tokens that could have been read if entries were readable at once. */
  readonly possibleReadTokens: number;
  readonly events: number;
  /** CPU time of the simulator, in ms. */
  readonly cpuMs: number;
}

const keptMessages = 5;

/** Counts events. */
export class Statistics {
  completed = 0;
  rateLimited = 0;
  events = 0;
  toolCalls = 0;
  #requests = 0;
  #handshakes = 0;
  #resumedHandshakes = 0;
  #invalid = 0;
  #inFlight = 0;
  #peakInFlight = 0;
  #inputTokens = 0;
  #cacheReadTokens = 0;
  #cacheWriteTokens = 0;
  #possibleReadTokens = 0;
  readonly #invalidMessages: string[] = [];
  readonly #faults = new Map<FaultKind, number>();
  readonly #requestsByConversation = new Map<number, number>();
  readonly #answeredCalls = new Set<string>();
  readonly #sockets = new Set<Socket>();
  readonly #cpuAtStart = process.cpuUsage();

  arrived(socket: Socket): void {
    this.#requests += 1;
    this.#sockets.add(socket);
    this.#inFlight += 1;
    this.#peakInFlight = Math.max(this.#peakInFlight, this.#inFlight);
  }

  /** Counts a TLS handshake. */
  shookHands(isResumed: boolean): void {
    this.#handshakes += 1;
    if (isResumed) this.#resumedHandshakes += 1;
  }

  left(): void {
    this.#inFlight -= 1;
  }

  invalid(message: string): void {
    this.#invalid += 1;
    if (this.#invalidMessages.length < keptMessages) this.#invalidMessages.push(message);
  }

  /** Counts an accepted request. */
  accepted(conversation: number, answeredCalls: readonly string[]): void {
    const before = this.#requestsByConversation.get(conversation) ?? 0;
    this.#requestsByConversation.set(conversation, before + 1);
    for (const callId of answeredCalls) this.#answeredCalls.add(callId);
  }

  fault(kind: FaultKind): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
  }

  tokens({ uncached, read, written }: CacheUse, possible: CacheUse): void {
    this.#possibleReadTokens += possible.read;
    this.#inputTokens += uncached + read + written;
    this.#cacheReadTokens += read;
    this.#cacheWriteTokens += written;
  }

  snapshot(): SimulatorStatistics {
    const { user, system } = process.cpuUsage(this.#cpuAtStart);
    return {
      requests: this.#requests,
      completed: this.completed,
      rateLimited: this.rateLimited,
      invalid: this.#invalid,
      invalidMessages: this.#invalidMessages,
      faults: Object.fromEntries(this.#faults),
      requestsByConversation: Object.fromEntries(this.#requestsByConversation),
      toolResults: this.#answeredCalls.size,
      toolCalls: this.toolCalls,
      sockets: this.#sockets.size,
      handshakes: this.#handshakes,
      resumedHandshakes: this.#resumedHandshakes,
      peakInFlight: this.#peakInFlight,
      inputTokens: this.#inputTokens,
      cacheReadTokens: this.#cacheReadTokens,
      cacheWriteTokens: this.#cacheWriteTokens,
      possibleReadTokens: this.#possibleReadTokens,
      events: this.events,
      cpuMs: (user + system) / 1000,
    };
  }
}
