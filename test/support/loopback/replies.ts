import type { Reply, ReplyStep } from './loopbackServer.ts';

/** A server-sent event's data; its `type` is also the event's name, as in both protocols. */
export type EventData = { readonly type: string; readonly [key: string]: unknown };

/** Events in wire format. */
export function sseText(events: readonly EventData[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

/** The head of an event stream. */
export function streamHead(headers: Record<string, string> = {}): ReplyStep {
  return { do: 'head', status: 200, headers: { 'content-type': 'text/event-stream', ...headers } };
}

/** A whole stream, in one write or in the given pieces. */
export function streamReply(
  text: string | readonly (string | Uint8Array)[],
  headers: Record<string, string> = {},
): Reply {
  const pieces = typeof text === 'string' ? [text] : text;
  return [
    streamHead(headers),
    ...pieces.map((bytes): ReplyStep => ({ do: 'send', bytes })),
    { do: 'end' },
  ];
}

/** A response without a stream. Objects are sent as JSON. */
export function plainReply(
  status: number,
  body: string | object = '',
  headers: Record<string, string> = {},
): Reply {
  const isText = typeof body === 'string';
  const type = isText ? 'text/html' : 'application/json';
  return [
    { do: 'head', status, headers: { 'content-type': type, ...headers } },
    { do: 'send', bytes: isText ? body : JSON.stringify(body) },
    { do: 'end' },
  ];
}
