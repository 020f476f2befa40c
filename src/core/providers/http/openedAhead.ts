import type { ClientRequest } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/emitter.ts';
import type { SendHeaders } from './exchange.ts';

/** What all requests of a client have in common: address and headers, which are one object for all. */
export interface RequestShape {
  readonly url: string;
  readonly headers: SendHeaders;
}

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
  /** Asked for before there was a request to be like. */
  #wanted = 0;
  #expiry: Disposable | undefined;

  constructor(open: (shape: RequestShape) => ClientRequest, clock: Clock) {
    this.#open = open;
    this.#clock = clock;
  }

  /** Opens connections for so many requests, those that are open already included. */
  prepare(count: number): void {
    const shape = this.#shape;
    this.#wanted = shape === undefined ? count : 0;
    if (shape === undefined) return;
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
    if (this.#wanted > 0) this.prepare(this.#wanted);
    const [request] = isLike ? this.#requests : [];
    if (request !== undefined) this.#remove(request);
    return request;
  }

  dispose(): void {
    this.#wanted = 0;
    this.#closeAll();
  }

  #add(request: ClientRequest): void {
    this.#requests.add(request);
    // A connection that cannot be opened, or that the server closes, is of no use and no harm.
    const drop = (): void => void this.#requests.delete(request);
    request.on('error', drop);
    request.on('close', drop);
  }

  #remove(request: ClientRequest): void {
    this.#requests.delete(request);
    request.removeAllListeners('error');
    request.removeAllListeners('close');
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
