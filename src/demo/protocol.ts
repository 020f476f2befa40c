import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../shared/json.ts';
import type { DemoModelInfo } from './demoModels.ts';
import type { DemoRequest } from './demoRequest.ts';
import type { TimedPiece } from './pacing.ts';
import type { Reply } from './reply.ts';
import type { RequestFault } from './requestFault.ts';

/** One server-sent event; its `type` is also the event's name. */
export interface WireEvent extends JsonObject {
  readonly type: string;
}

export interface TimedEvent {
  /** Milliseconds after the previous event, at pace 1. */
  readonly waitMs: number;
  readonly event: WireEvent;
}

/** How a provider's API reads requests and writes the demo model's replies. */
export interface Protocol {
  readonly requestIdHeader: string;
  /** Checks a request as the API would; throws a `RequestFault`. */
  parse(body: JsonObject, headers: IncomingHttpHeaders): DemoRequest;
  stream(request: DemoRequest, reply: Reply, pieces: readonly TimedPiece[]): Iterable<TimedEvent>;
  /** The response to a request without streaming. */
  whole(request: DemoRequest, reply: Reply): JsonObject;
  fault(fault: RequestFault, requestId: string): JsonObject;
  model(model: DemoModelInfo): JsonObject;
  modelList(models: readonly DemoModelInfo[]): JsonObject;
}
