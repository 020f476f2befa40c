import type { IncomingHttpHeaders } from 'node:http';
import { cacheableToBreakpoints } from '../promptCache.ts';
import { RequestRefusal } from '../requestRefusal.ts';
import type { SimulatorSettings } from '../settings.ts';
import type { HttpError, Rejection, SimulatedApi } from '../simulatedApi.ts';
import { readMessagesRequest } from './readMessages.ts';
import { errorEvent, streamMessage } from './streamMessage.ts';

const versions: readonly unknown[] = ['2023-06-01', '2026-10-21'];

/** The Anthropic Messages API. */
export function anthropicApi(settings: SimulatorSettings): SimulatedApi {
  return {
    path: '/v1/messages',
    requestIdHeader: 'request-id',
    checkHeaders,
    read: readMessagesRequest,
    cacheable: (request) => cacheableToBreakpoints(request, settings.cacheMinimum.anthropic),
    stream: streamMessage,
    errorEvent,
    refusal: ({ status, code, message }) =>
      httpError(status, code ?? 'invalid_request_error', message),
    rejection,
    limitHeaders: (bucket, requestsPerMinute, nowMs) => [
      'anthropic-ratelimit-requests-limit',
      String(requestsPerMinute),
      'anthropic-ratelimit-requests-remaining',
      String(bucket.remaining(nowMs)),
      'anthropic-ratelimit-requests-reset',
      wholeSecond(Date.now() + bucket.untilFullMs(nowMs)),
    ],
    retryHeaders: (waitMs) => ['retry-after', String(Math.max(1, Math.ceil(waitMs / 1000)))],
  };
}

function checkHeaders(headers: IncomingHttpHeaders): void {
  const { authorization } = headers;
  const key = headers['x-api-key'] ?? /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
  if (key === undefined || key === '') {
    throw new RequestRefusal('x-api-key header is required', {
      status: 401,
      code: 'authentication_error',
    });
  }
  if (!versions.includes(headers['anthropic-version'])) {
    throw new RequestRefusal(
      `anthropic-version: "${headers['anthropic-version'] ?? ''}" is not a valid version`,
    );
  }
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) {
    throw new RequestRefusal('content-type: application/json is required');
  }
}

function rejection(kind: Rejection): HttpError {
  switch (kind) {
    case 'rate_limited':
      return httpError(429, 'rate_limit_error', 'This request would exceed your rate limit.');
    case 'overloaded':
      return httpError(529, 'overloaded_error', 'Overloaded');
    case 'internal':
      return httpError(500, 'api_error', 'Internal server error');
  }
}

function httpError(status: number, type: string, message: string): HttpError {
  return { status, body: { type: 'error', error: { type, message } } };
}

/** RFC 3339 without fractions, as the API writes it; rounded up. */
function wholeSecond(timeMs: number): string {
  return `${new Date(Math.ceil(timeMs / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}
