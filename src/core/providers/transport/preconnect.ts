import type { ClientRequest } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/emitter.ts';
import type { SendHeaders } from './exchange.ts';

/** What all requests of a client have in common: address and headers, which are one object for all. */
export interface RequestShape {
  readonly url: string;
  readonly headers: SendHeaders;
}

/** Every way in which a server can begin to say something. */
const answers = ['response', 'upgrade', 'connect', 'information'] as const;

/** So long, in ms, a connection waits for its request; servers close silent ones after a while. */
const patienceMs = 10_000;

/**
 * Requests whose connections are opened before there is anything to send on them, so that it need not be
 * waited for. They have the shape of one that was sent before. What is not used is closed.
 */
export class OpenedAhead implements Disposable {
  readonly #open: (shape: RequestShape) => ClientRequest;
  readonly #clock: Clock;
  readonly #requests = new Set<ClientRequest>();
  #shape: RequestShape | undefined;
  /** The request that was begun last: what is opened ahead must not delay it. */
  #newest: ClientRequest | undefined;
  /** Asked for before there was a request to be like, or before that one was on its way. */
  #wanted = 0;
  #expiry: Disposable | undefined;

  constructor(open: (shape: RequestShape) => ClientRequest, clock: Clock) {
    this.#open = open;
    this.#clock = clock;
  }

  /**
   * Opens connections for so many requests, those that are open already included: as soon as the newest
   * request is on its way.
   */
  prepare(count: number): void {
    const shape = this.#shape;
    this.#wanted = count;
    if (shape === undefined || this.#isSending()) return;
    this.#wanted = 0;
    while (this.#requests.size < count) this.#add(this.#open(shape));
    this.#expiry?.dispose();
    this.#expiry = this.#clock.after(patienceMs, () => this.#closeAll());
  }

  /** A request of this shape is being sent. Gives one that is open, if there is one. */
  take(shape: RequestShape): ClientRequest | undefined {
    const isLike = this.#shape?.url === shape.url && this.#shape.headers === shape.headers;
    if (!isLike) {
      this.#closeAll();
      this.#shape = shape;
    }
    const [request] = isLike ? this.#requests : [];
    if (request !== undefined) this.#remove(request);
    return request;
  }

  /** A request of the newest shape is about to be sent. */
  sending(request: ClientRequest): void {
    this.#newest = request;
    request.once('finish', this.#onSent);
    request.once('close', () => {
      if (this.#newest !== request) return;
      this.#newest = undefined;
      // It never got out: what was to follow it does not follow.
      this.#wanted = 0;
    });
  }

  dispose(): void {
    this.#wanted = 0;
    this.#newest = undefined;
    this.#closeAll();
  }

  #isSending(): boolean {
    const newest = this.#newest;
    return newest !== undefined && !newest.destroyed && !newest.writableFinished;
  }

  readonly #onSent = (): void => {
    if (this.#wanted > 0) this.prepare(this.#wanted);
  };

  #add(request: ClientRequest): void {
    this.#requests.add(request);
    // A connection that cannot be opened, or that the server closes, is of no use and no harm.
    const drop = (): void => void this.#requests.delete(request);
    for (const ending of ['error', 'close']) request.on(ending, drop);
    // It was not asked for anything yet: what it says now is the answer to nothing.
    const refuse = (): void => {
      drop();
      request.destroy();
    };
    for (const answer of answers) request.on(answer, refuse);
  }

  #remove(request: ClientRequest): void {
    this.#requests.delete(request);
    for (const event of ['error', 'close', ...answers]) request.removeAllListeners(event);
    if (this.#requests.size > 0) return;
    this.#expiry?.dispose();
    this.#expiry = undefined;
  }

  #closeAll(): void {
    for (const request of this.#requests) request.destroy();
    this.#requests.clear();
    this.#expiry?.dispose();
    this.#expiry = undefined;
  }
}
