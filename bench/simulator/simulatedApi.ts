import type { IncomingHttpHeaders } from 'node:http';
import type { IssuedTurns } from './issuedTurns.ts';
import type { JsonObject } from './json.ts';
import type { CacheablePrompt } from './promptCache.ts';
import type { ReadRequest } from './readRequest.ts';
import type { RequestRefusal } from './requestRefusal.ts';
import type { StreamedTurn, TurnToStream } from './streamedTurn.ts';
import type { TokenBucket } from './tokenBucket.ts';

/** Why a valid request is rejected. */
export type Rejection = 'rate_limited' | 'overloaded' | 'internal';

/** Response headers: names and values in turn. */
export type HeaderList = readonly string[];

export interface HttpError {
  readonly status: number;
  readonly body: JsonObject;
}

/** The differences between the APIs. */
export interface SimulatedApi {
  readonly path: string;
  readonly requestIdHeader: string;
  /** Throws a `RequestRefusal` for headers that the API would refuse. */
  checkHeaders(headers: IncomingHttpHeaders): void;
  /** Throws a `RequestRefusal` for a body that the API would refuse. */
  read(body: JsonObject, issued: IssuedTurns): ReadRequest;
  /** The part of a prompt that the API's cache can hold. */
  cacheable(request: ReadRequest): CacheablePrompt;
  stream(turn: TurnToStream): StreamedTurn;
  readonly errorEvent: string;
  refusal(refusal: RequestRefusal): HttpError;
  rejection(rejection: Rejection): HttpError;
  limitHeaders(bucket: TokenBucket, requestsPerMinute: number, nowMs: number): HeaderList;
  /** The vendor's headers for how long to wait. */
  retryHeaders(waitMs: number): HeaderList;
}
