import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../../support/loopback/loopbackServer.ts';
import { streamReply } from '../../../../support/loopback/replies.ts';
import { answerText, noAbort, protocols, smallRequest } from '../protocols.ts';
import { failureOf, turnHarness } from '../turnHarness.ts';

const reset: Reply = [{ do: 'reset' }];

describe.each(protocols)('keep-alive sockets ($name)', (protocol) => {
  const { serve, provide } = turnHarness(protocol);
  const reply = () => streamReply(answerText(protocol));

  it('are replaced without an error when the server has closed them', async () => {
    let turns = 0;
    // The second request finds its socket closed, as after a long pause.
    const server = await serve(() => (++turns === 2 ? reset : reply()));
    const provider = provide(server);
    await provider.turn(smallRequest, {}, noAbort());
    const { message } = await provider.turn(smallRequest, {}, noAbort());
    expect(message.text).toBe('The answer is 20.');
    expect(server.requests.map(({ socket }) => socket)).toEqual([1, 1, 2]);
  });

  it('do not hide a server that resets new connections', async () => {
    const server = await serve(() => reset);
    const failure = await failureOf(provide(server).turn(smallRequest, {}, noAbort()));
    expect(failure).toMatchObject({ kind: 'network', code: 'ECONNRESET', retryable: true });
    expect(server.requests).toHaveLength(1);
  });
});
