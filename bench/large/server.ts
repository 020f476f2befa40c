// A model with long answers over the Messages API, streamed in `--pieces N` pieces.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    kb: { type: 'string', default: '200' },
    pieces: { type: 'string', default: '50' },
    stallAfter: { type: 'string', default: '0' },
  },
});

/** All answers differ: a text used a thousand times would be stored once. */
function answerOf(number: number): string {
  const line = `${number} ${'abcdefghij'.repeat(9)}\n`;
  return line.repeat(Math.ceil((Number(values.kb) * 1000) / line.length));
}

function event(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}

function eventsOf(text: string): string[] {
  const size = Math.ceil(text.length / Number(values.pieces));
  const usage = { input_tokens: 10, output_tokens: 1 };
  const message = { id: 'm', type: 'message', role: 'assistant', model: 'x', content: [], usage };
  const events = [
    event('message_start', { message }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  ];
  for (let from = 0; from < text.length; from += size) {
    const delta = { type: 'text_delta', text: text.slice(from, from + size) };
    events.push(event('content_block_delta', { index: 0, delta }));
  }
  events.push(
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } }),
    event('message_stop', {}),
  );
  return events;
}

const stallAfter = Number(values.stallAfter);
let answered = 0;
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    if (request.method !== 'POST') {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    answered++;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    // The last conversation never ends, so that the run can be killed with all others done.
    if (stallAfter > 0 && answered > stallAfter) {
      response.write(event('ping', {}));
      return;
    }
    response.end(eventsOf(answerOf(answered)).join(''));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.stdout.write(`${address?.port}\n`);
});
