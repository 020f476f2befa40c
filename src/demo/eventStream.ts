import type { ServerResponse } from 'node:http';
import type { TimedEvent } from './protocol.ts';

/**
 * Sends events when they are due. All times count from now, so that late timers do not add up.
 * `scale` multiplies the delays; 0 sends everything at once. Stops when the client disconnects.
 */
export function streamEvents(
  response: ServerResponse,
  events: Iterable<TimedEvent>,
  scale: number,
): void {
  const iterator = events[Symbol.iterator]();
  let next = iterator.next();
  let dueAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const sendNext = () => {
    if (next.done !== true) writeEvent(response, next.value);
    next = iterator.next();
  };
  const proceed = () => {
    while (next.done !== true) {
      dueAt += next.value.waitMs * scale;
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) {
        timer = setTimeout(() => {
          sendNext();
          proceed();
        }, waitMs);
        return;
      }
      sendNext();
    }
    response.end();
  };
  response.once('close', () => clearTimeout(timer));
  proceed();
}

function writeEvent(response: ServerResponse, { event }: TimedEvent): void {
  if (!response.headersSent) {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    });
  }
  response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}
