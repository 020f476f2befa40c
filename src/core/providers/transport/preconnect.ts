import type { ClientRequest } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/emitter.ts';
import type { SendHeaders } from './exchange.ts';

/** What all turns of a client have in common. `headers` is the same object every time. */
export interface RequestShape {
  readonly url: string;
  readonly headers: SendHeaders;
}

/** Every event by which a server can begin to answer. */
const responseEvents = ['response', 'upgrade', 'connect', 'information'] as const;

/** How long a preconnected socket waits for its request, in ms. Servers close silent ones after a while. */
const unusedMs = 10_000;

/**
 * Opens the connections of requests before their bodies exist, so that the handshake costs no time
 * later. The requests have the shape of the last one that was sent. Unused ones are closed.
 */
export class Preconnector implements Disposable {
  readonly #open: (shape: RequestShape) => ClientRequest;
  readonly #clock: Clock;
  readonly #requests = new Set<ClientRequest>();
  #shape: RequestShape | undefined;
  /** The last request that was started. Preconnecting must not delay it. */
  #newest: ClientRequest | undefined;
  /** The last request after whose end connections were to be opened. */
  #waitedFor: ClientRequest | undefined;
  /** Connections to open once the newest request is written. */
  #wanted = 0;
  #expiry: Disposable | undefined;

  constructor(open: (shape: RequestShape) => ClientRequest, clock: Clock) {
    this.#open = open;
    this.#clock = clock;
  }

  /** Has `count` connections open, existing ones included, as soon as the newest request is written. */
  prepare(count: number): void {
    const shape = this.#shape;
    this.#wanted = count;
    if (shape === undefined || this.#waitsForNewest()) return;
    this.#wanted = 0;
    while (this.#requests.size < count) this.#add(this.#open(shape));
    this.#expiry?.dispose();
    this.#expiry = this.#clock.after(unusedMs, () => this.#closeAll());
  }

  /** Takes a preconnected request of this shape, if there is one. The shape is used from now on. */
  take(url: string, headers: SendHeaders): ClientRequest | undefined {
    const isSame = this.#shape?.url === url && this.#shape.headers === headers;
    if (!isSame) {
      this.#closeAll();
      this.#shape = { url, headers };
    }
    const [request] = isSame ? this.#requests : [];
    if (request !== undefined) this.#remove(request);
    return request;
  }

  /** A request of the current shape is about to be written. */
  sending(request: ClientRequest): void {
    this.#newest = request;
    if (this.#wanted > 0) this.#waitsForNewest();
  }

  dispose(): void {
    this.#wanted = 0;
    this.#newest = undefined;
    this.#waitedFor = undefined;
    this.#closeAll();
  }

  /** Whether the newest request is not written yet. Then this goes on once it is. */
  #waitsForNewest(): boolean {
    const newest = this.#newest;
    if (newest === undefined || newest.destroyed || newest.writableFinished) return false;
    if (newest === this.#waitedFor) return true;
    this.#waitedFor = newest;
    newest.once('finish', () => {
      if (this.#wanted > 0) this.prepare(this.#wanted);
    });
    newest.once('close', () => {
      // It failed before it was written, so the requests that were to follow will not come.
      if (newest === this.#newest) this.#wanted = 0;
    });
    return true;
  }

  #add(request: ClientRequest): void {
    this.#requests.add(request);
    const drop = (): void => void this.#requests.delete(request);
    for (const event of ['error', 'close']) request.on(event, drop);
    // Nothing was requested yet, so a response would be taken for the answer to the next request.
    const refuse = (): void => {
      drop();
      request.destroy();
    };
    for (const event of responseEvents) request.on(event, refuse);
  }

  #remove(request: ClientRequest): void {
    this.#requests.delete(request);
    for (const event of ['error', 'close', ...responseEvents]) request.removeAllListeners(event);
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
