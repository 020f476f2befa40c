import type { IncomingHttpHeaders } from 'node:http';
import { cacheableInSteps } from '../promptCache.ts';
import { RequestRefusal } from '../requestRefusal.ts';
import type { SimulatorSettings } from '../settings.ts';
import type { HttpError, Rejection, SimulatedApi } from '../simulatedApi.ts';
import { goDuration } from './goDuration.ts';
import { readResponsesRequest } from './readResponses.ts';
import { errorEvent, streamResponse } from './streamResponse.ts';

/** The OpenAI Responses API. */
export function openAiApi(settings: SimulatorSettings): SimulatedApi {
  return {
    path: '/v1/responses',
    requestIdHeader: 'x-request-id',
    checkHeaders,
    read: readResponsesRequest,
    cacheable: (request) => cacheableInSteps(request, settings.cacheMinimum.openai),
    stream: streamResponse,
    errorEvent,
    refusal: ({ status, code, param, message }) =>
      httpError(status, { type: 'invalid_request_error', code, param, message }),
    rejection,
    limitHeaders: (bucket, requestsPerMinute, nowMs) => [
      'x-ratelimit-limit-requests',
      String(requestsPerMinute),
      'x-ratelimit-remaining-requests',
      String(bucket.remaining(nowMs)),
      'x-ratelimit-reset-requests',
      goDuration(bucket.untilFullMs(nowMs)),
    ],
    retryHeaders: (waitMs) => [
      'retry-after-ms',
      String(Math.ceil(waitMs)),
      'retry-after',
      String(Math.ceil(waitMs / 1000)),
    ],
  };
}

function checkHeaders(headers: IncomingHttpHeaders): void {
  if (!/^Bearer \S+$/.test(headers.authorization ?? '')) {
    throw new RequestRefusal("You didn't provide an API key.", {
      status: 401,
      code: 'invalid_api_key',
    });
  }
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) {
    throw new RequestRefusal('Unsupported content type. Please use application/json.');
  }
}

function rejection(kind: Rejection): HttpError {
  switch (kind) {
    case 'rate_limited':
      return httpError(429, {
        message: 'Rate limit reached for requests per min (RPM).',
        type: 'requests',
        param: null,
        code: 'rate_limit_exceeded',
      });
    case 'overloaded':
      return httpError(503, {
        message: 'The server is currently overloaded. Please try again later.',
        type: 'service_unavailable_error',
        param: null,
        code: 'server_is_overloaded',
      });
    case 'internal':
      return httpError(500, {
        message: 'The server had an error while processing your request.',
        type: 'server_error',
        param: null,
        code: null,
      });
  }
}

function httpError(status: number, error: HttpError['body']): HttpError {
  return { status, body: { error } };
}
