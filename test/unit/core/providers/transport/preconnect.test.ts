import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Provider } from '../../../../../src/core/providers/provider.ts';
import { Preconnector } from '../../../../../src/core/providers/transport/preconnect.ts';
import type { LoopbackServer } from '../../../../support/loopback/loopbackServer.ts';
import { streamReply } from '../../../../support/loopback/replies.ts';
import { ManualClock } from '../../../../support/manualClock.ts';
import { settled } from '../../../../support/settled.ts';
import { answerText, noAbort, protocols, smallRequest } from '../protocols.ts';
import { turnHarness, until } from '../turnHarness.ts';

describe.each(protocols)('preconnected sockets ($name)', (protocol) => {
  const { serve, provide } = turnHarness(protocol);
  const reply = () => streamReply(answerText(protocol));
  const ask = (provider: Provider) => provider.turn(smallRequest, {}, noAbort());
  const sockets = (server: LoopbackServer) => server.requests.map(({ socket }) => socket);

  const openedAhead = (server: LoopbackServer) => {
    const opened: ClientRequest[] = [];
    const open = (): ClientRequest => {
      const one = request(server.url, { method: 'POST' });
      opened.push(one);
      return one;
    };
    return { opened, ahead: new Preconnector(open, new ManualClock()) };
  };

  it('serve the next requests, which open no others', async () => {
    const server = await serve(reply);
    const provider = provide(server);
    await ask(provider);
    provider.prepare?.(3);
    await until(() => server.socketsOpened >= 3);
    expect(server.requests).toHaveLength(1);
    const opened = server.socketsOpened;
    const turns = await Promise.all([ask(provider), ask(provider), ask(provider)]);
    expect(turns.map(({ message }) => message.text)).toEqual(Array(3).fill('The answer is 20.'));
    expect(server.socketsOpened).toBe(opened);
    expect(new Set(sockets(server).slice(1)).size).toBe(3);
  });

  it('are opened with the first request when none was sent before', async () => {
    const server = await serve(reply);
    const provider = provide(server);
    provider.prepare?.(2);
    expect(server.socketsOpened).toBe(0);
    await ask(provider);
    await until(() => server.socketsOpened === 3);
  });

  it('are opened only after the newest request is written, since they would delay it', async () => {
    const server = await serve(reply);
    const { ahead, opened } = openedAhead(server);
    expect(ahead.take(server.url, {})).toBeUndefined();
    const first = request(server.url, { method: 'POST' });
    first.on('error', () => undefined);
    ahead.sending(first);
    ahead.prepare(2);
    expect(opened).toHaveLength(0);
    first.end('{}');
    await once(first, 'finish');
    expect(opened).toHaveLength(2);
    ahead.dispose();
    first.destroy();
  });

  it('are not opened when the previous request fails before it is written', async () => {
    const server = await serve(reply);
    const { ahead, opened } = openedAhead(server);
    const headers = {};
    const begin = (): ClientRequest => {
      const one = ahead.take(server.url, headers) ?? request(server.url, { method: 'POST' });
      one.on('error', () => undefined);
      ahead.sending(one);
      return one;
    };
    const lost = begin();
    ahead.prepare(5);
    lost.destroy();
    await new Promise((resolve) => lost.once('close', resolve));
    const next = begin();
    next.end('{}');
    await once(next, 'finish');
    expect(opened).toHaveLength(0);
    next.destroy();
    ahead.dispose();
  });

  it('are closed when unused for ten seconds', async () => {
    const clock = new ManualClock();
    const server = await serve(reply);
    const provider = provide(server, { clock });
    await ask(provider);
    provider.prepare?.(2);
    await until(() => server.socketsOpened >= 2);
    await clock.advance(9_999);
    expect(server.socketsOpen).toBeGreaterThan(0);
    await clock.advance(1);
    await until(() => server.socketsOpen === 0);
    expect((await ask(provider)).message.text).toBe('The answer is 20.');
  });

  it('are replaced when the server closes them', async () => {
    const server = await serve(reply);
    const provider = provide(server);
    await ask(provider);
    provider.prepare?.(2);
    await until(() => server.socketsOpened >= 2);
    server.closeConnections();
    await until(() => server.socketsOpen === 0);
    // The client notices a moment later.
    await settled();
    expect((await ask(provider)).message.text).toBe('The answer is 20.');
  });

  it('are closed with the provider', async () => {
    const server = await serve(reply);
    const provider = provide(server);
    await ask(provider);
    provider.prepare?.(3);
    await until(() => server.socketsOpened >= 3);
    provider.dispose();
    await until(() => server.socketsOpen === 0);
  });
});
