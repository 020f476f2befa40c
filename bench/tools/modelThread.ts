// A model over both APIs, in a thread of its own, so that it takes no time of the measured one. It asks for the
// tool calls that its prompt lists as JSON, and answers when it has their results.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';
import { anthropicProtocol } from '../../src/demo/anthropicWire.ts';
import { streamEvents } from '../../src/demo/eventStream.ts';
import { openaiProtocol } from '../../src/demo/openaiWire.ts';
import { paceReply } from '../../src/demo/pacing.ts';
import { callReply, textReply, type WantedCall } from '../../src/demo/reply.ts';
import { readJsonBody } from '../../src/demo/requestBody.ts';

const server = createServer(async (incoming, response) => {
  if (incoming.method !== 'POST') {
    response.writeHead(404).end();
    return;
  }
  const protocol = incoming.url?.endsWith('/responses') ? openaiProtocol : anthropicProtocol;
  const request = protocol.parse(await readJsonBody(incoming), incoming.headers);
  const calls = JSON.parse(request.firstPrompt) as readonly WantedCall[];
  const reply = request.exchanges.length === 0 ? callReply(calls) : textReply('done');
  streamEvents(response, protocol.stream(request, reply, paceReply(reply, '')), 0);
});
server.listen(0, '127.0.0.1', () =>
  parentPort?.postMessage((server.address() as AddressInfo).port),
);
