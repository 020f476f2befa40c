import type { FaultProtocol } from '../../support/faults/faultProtocol.ts';
import type { Reply, ReplyStep } from '../../support/loopback/loopbackServer.ts';
import { plainReply, sseText, streamHead, streamReply } from '../../support/loopback/replies.ts';
import { turnReply } from './stage.ts';

/** A faulty response and its consequences. */
export interface Fault {
  readonly name: string;
  reply(protocol: FaultProtocol): Reply;
  /** Number of requests when the fault persists; 1 for faults without a retry. */
  readonly attempts: number;
  readonly reason: string;
  /** The message shown. */
  readonly message: RegExp;
  /** Whether some text comes before the fault. */
  readonly hasText?: true;
}

const refused =
  (status: number, code: string) =>
  (protocol: FaultProtocol): Reply =>
    plainReply(status, protocol.errorBody(code, 'No luck.'));

/** The answer's first half, followed by the steps. */
const half =
  (...steps: readonly ReplyStep[]) =>
  (protocol: FaultProtocol): Reply => {
    const text = sseText(protocol.events({ text: 'Not the answer.' }));
    const bytes = text.slice(0, Math.floor(text.length / 2));
    return [streamHead(), { do: 'send', bytes }, ...steps];
  };

/** Complete events without the final one, and then one more. */
const early = (protocol: FaultProtocol, event: string, count: number): Reply => {
  const events = protocol.events({ text: 'Not the answer.' }).slice(0, count);
  return streamReply(sseText(events) + event);
};

const html = '<!doctype html><html><body>Please log in</body></html>';

const overloaded =
  /^127\.0\.0\.1:\d+ is overloaded or has an internal error.* Retry later, or lower/;
const brokeOff =
  /^The connection to 127\.0\.0\.1:\d+ broke off\. Check the network connection|ended before it was complete\. Retry/;
const foreign = /something that is not an API answer \(HTTP \d+\)\. Check the base URL.*login page/;

/** Transient errors: F1, F5 to F8 and F10 to F12. */
export const transientFaults: readonly Fault[] = [
  {
    name: 'F1 HTTP 429',
    reply: refused(429, 'rate_limit_error'),
    attempts: 8,
    reason: 'rate_limit',
    message:
      /^The rate limit of 127\.0\.0\.1:\d+ is reached: No luck\. Retry later, or lower interleave\.con/,
  },
  ...[529, 500, 502, 503, 504, 408, 409].map(
    (status): Fault => ({
      name: `F5 HTTP ${status}`,
      reply: refused(status, 'some_new_error'),
      attempts: 8,
      reason: 'overloaded',
      message: overloaded,
    }),
  ),
  {
    name: 'F6 error event first',
    reply: (protocol) => early(protocol, sseText([protocol.errorEvent('overloaded_error')]), 0),
    attempts: 8,
    reason: 'overloaded',
    message: overloaded,
  },
  {
    name: 'F6 error event in mid-stream',
    hasText: true,
    reply: (protocol) => early(protocol, sseText([protocol.errorEvent('overloaded_error')]), 6),
    attempts: 8,
    reason: 'overloaded',
    message: overloaded,
  },
  {
    name: 'F7 reset',
    hasText: true,
    reply: half({ do: 'reset' }),
    attempts: 8,
    reason: 'network',
    message: brokeOff,
  },
  {
    name: 'F7 connection closed',
    hasText: true,
    reply: half({ do: 'cut' }),
    attempts: 8,
    reason: 'network',
    message: brokeOff,
  },
  {
    name: 'F8 clean end without a final event',
    hasText: true,
    reply: half({ do: 'end' }),
    attempts: 8,
    reason: 'network',
    message: brokeOff,
  },
  {
    name: 'F10 event that is not JSON',
    reply: (protocol) => early(protocol, 'data: {"type":\n\n', 3),
    attempts: 3,
    reason: 'protocol',
    message: /^The answer of 127\.0\.0\.1:\d+ cannot be read: an event is not valid JSON/,
  },
  {
    name: 'F10 response that is not HTTP',
    reply: () => [{ do: 'raw', bytes: 'hello\r\n\r\n' }],
    attempts: 3,
    reason: 'protocol',
    message: /did not answer in HTTP\. Check the base URL/,
  },
  {
    name: 'F11 web page with status 200',
    reply: () => plainReply(200, html),
    attempts: 3,
    reason: 'protocol',
    message: foreign,
  },
  {
    name: 'F11 web page with status 502',
    reply: () => plainReply(502, html),
    attempts: 8,
    reason: 'overloaded',
    message: overloaded,
  },
  {
    name: 'F11 web page with status 503',
    reply: () => plainReply(503, html.repeat(5_000)),
    attempts: 8,
    reason: 'overloaded',
    message: overloaded,
  },
  {
    name: 'F12 empty turn',
    reply: (protocol) => turnReply(protocol, { text: '' }),
    attempts: 3,
    reason: 'protocol',
    message: /empty answer\. Retry, or ask in other words/,
  },
];

/** Permanent errors: F3, F4 and refused requests. */
export const permanentFaults: readonly Fault[] = [
  {
    name: 'F3 quota with 429',
    reply: refused(429, 'insufficient_quota'),
    attempts: 1,
    reason: 'quota',
    message:
      /^The spending limit or credit at 127\.0\.0\.1:\d+ is used up.* Raise the limit or add credit/,
  },
  {
    name: 'F3 spend limit named in the details',
    reply: () =>
      plainReply(429, {
        type: 'error',
        error: {
          type: 'rate_limit_error',
          message: 'No luck.',
          details: { error_code: 'enforced_spend_limit_reached' },
        },
      }),
    attempts: 1,
    reason: 'quota',
    message: /is used up/,
  },
  {
    name: 'F3 HTTP 402',
    reply: refused(402, 'some_new_error'),
    attempts: 1,
    reason: 'quota',
    message: /is used up/,
  },
  {
    name: 'F3 quota as an event',
    hasText: true,
    reply: (protocol) => early(protocol, sseText([protocol.errorEvent('insufficient_quota')]), 4),
    attempts: 1,
    reason: 'quota',
    message: /is used up/,
  },
  {
    name: 'F4 HTTP 401',
    reply: refused(401, 'authentication_error'),
    attempts: 1,
    reason: 'auth',
    message: /^The key was refused by 127\.0\.0\.1:\d+.* Set another key, and retry/,
  },
  {
    name: 'F4 HTTP 403',
    reply: refused(403, 'permission_error'),
    attempts: 1,
    reason: 'auth',
    message: /does not allow this with the key.* Check what the key is allowed to do/,
  },
  {
    name: 'refused request',
    reply: refused(400, 'invalid_request_error'),
    attempts: 1,
    reason: 'invalid_request',
    message: /rejected the request \(HTTP 400\): No luck\. Change what it objects to/,
  },
  {
    name: 'unknown model',
    reply: refused(404, 'not_found_error'),
    attempts: 1,
    reason: 'not_found',
    message: /The model test-model is not offered by.* Choose another model/,
  },
];
