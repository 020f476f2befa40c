import type { IncomingHttpHeaders } from 'node:http';
import type { IssuedTurns } from './issuedTurns.ts';
import type { JsonObject } from './json.ts';
import type { CacheablePrompt } from './promptCache.ts';
import type { ReadRequest } from './readRequest.ts';
import type { RequestRefusal } from './requestRefusal.ts';
import type { StreamedTurn, TurnToStream } from './streamedTurn.ts';
import type { TokenBucket } from './tokenBucket.ts';

/** Why a request is turned away although nothing is wrong with it. */
export type Rejection = 'rate_limited' | 'overloaded' | 'internal';

/** Names and values of response headers, one after the other. */
export type HeaderList = readonly string[];

export interface HttpError {
  readonly status: number;
  readonly body: JsonObject;
}

/** What sets one API apart from the other. */
export interface SimulatedApi {
  readonly path: string;
  readonly requestIdHeader: string;
  /** Throws a `RequestRefusal` for headers that the API would not take. */
  checkHeaders(headers: IncomingHttpHeaders): void;
  /** Throws a `RequestRefusal` for a body that the API would not take. */
  read(body: JsonObject, issued: IssuedTurns): ReadRequest;
  /** What of a prompt the API's cache can hold. */
  cacheable(request: ReadRequest): CacheablePrompt;
  stream(turn: TurnToStream): StreamedTurn;
  readonly errorEvent: string;
  refusal(refusal: RequestRefusal): HttpError;
  rejection(rejection: Rejection): HttpError;
  limitHeaders(bucket: TokenBucket, requestsPerMinute: number, nowMs: number): HeaderList;
  /** How long to wait, as this vendor says it. */
  retryHeaders(waitMs: number): HeaderList;
}
