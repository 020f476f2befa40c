// A model over both APIs, in a thread of its own. It asks for two calculations in each of the first turns, then
// answers. It tells when each request arrives.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { anthropicProtocol } from '../../src/demo/anthropicWire.ts';
import { streamEvents } from '../../src/demo/eventStream.ts';
import { openaiProtocol } from '../../src/demo/openaiWire.ts';
import { paceReply } from '../../src/demo/pacing.ts';
import { callReply, textReply } from '../../src/demo/reply.ts';
import { readJsonBody } from '../../src/demo/requestBody.ts';
import type { ModelListening, ModelRequested, ModelSettings } from './contract.ts';

const { latencyMs, rounds } = workerData as ModelSettings;

const calls = [
  { name: 'sum_numbers', input: { numbers: [2, 3] } },
  { name: 'multiply_numbers', input: { numbers: [4, 5] } },
];

const server = createServer(async (incoming, response) => {
  tell({ atMs: performance.timeOrigin + performance.now() });
  if (incoming.method !== 'POST') {
    response.writeHead(404).end();
    return;
  }
  const protocol = incoming.url?.endsWith('/responses') ? openaiProtocol : anthropicProtocol;
  const request = protocol.parse(await readJsonBody(incoming), incoming.headers);
  const reply =
    request.exchanges.length < rounds * calls.length ? callReply(calls) : textReply('The end.');
  setTimeout(
    () => streamEvents(response, protocol.stream(request, reply, paceReply(reply, '')), 0),
    latencyMs,
  );
});

function tell(message: ModelListening | ModelRequested): void {
  parentPort?.postMessage(message);
}

server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }));
