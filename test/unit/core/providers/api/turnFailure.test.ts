import { describe, expect, it } from 'vitest';
import {
  plainReply,
  sseText,
  streamHead,
  streamReply,
} from '../../../../support/loopback/replies.ts';
import { answerText, protocols } from '../protocols.ts';
import { failureOf, send, turnHarness } from '../turnHarness.ts';

/** The first byte after the end of the turn. */
function wholeFrom({ name }: { readonly name: string }, bytes: Buffer): number {
  // The Messages API ends a turn twice: with the stop reason, and with a last event.
  const last = bytes.lastIndexOf('event: ');
  return name === 'anthropic' ? last - 1 : bytes.length - 1;
}

describe.each(protocols)('a turn over HTTP ($name)', (protocol) => {
  const { serve, ask, fail } = turnHarness(protocol);

  describe('that gets no proper answer', () => {
    it.each([301, 302, 303, 307, 308])('does not follow a redirect (%i)', async (status) => {
      const target = await serve(() => streamReply(answerText(protocol)));
      const server = await serve([plainReply(status, '', { location: `${target.url}/v1/x` })]);
      const error = await failureOf(ask(server, { apiKey: 'the-key' }));
      expect(error).toMatchObject({ kind: 'protocol', retryable: false, httpStatus: status });
      expect(error.message).toContain(new URL(target.url).host);
      expect(error.message).toContain(new URL(server.url).host);
      expect(target.requests).toHaveLength(0);
      expect(server.requests).toHaveLength(1);
    });

    it('does not accept a web page as an answer', async () => {
      const error = await fail(plainReply(200, '<html>Please log in</html>'));
      expect(error).toMatchObject({ kind: 'protocol', httpStatus: 200, retryable: true });
      expect(error.message).toContain('not an API answer');
    });

    it('reads an error that comes with status 200', async () => {
      const error = await fail(
        plainReply(200, { error: { type: 'overloaded_error', message: 'x' } }),
      );
      expect(error).toMatchObject({ kind: 'overloaded', retryable: true });
    });

    it('reports once that an answer is compressed and cannot be decompressed', async () => {
      const [head, bytes] = [streamHead({ 'content-encoding': 'zip' }), Buffer.from([0x50, 0x4b])];
      const error = await fail([head, send(bytes), { do: 'end' }]);
      expect(error).toMatchObject({ kind: 'protocol', retryable: false });
      expect(error.message).toContain('is compressed (zip)');
      const broken = Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      const other = await fail([streamHead(), send(broken), { do: 'end' }]);
      expect(other).toMatchObject({ kind: 'protocol', retryable: false });
      expect(other.message).toContain('is compressed and cannot be unpacked');
    });

    it('fails when the body is empty', async () => {
      expect(await fail([{ do: 'head', status: 204 }, { do: 'end' }])).toMatchObject({
        kind: 'protocol',
      });
      expect(await fail(streamReply(''))).toMatchObject({ kind: 'protocol' });
    });

    it('fails when the answer is not HTTP', async () => {
      const error = await fail([{ do: 'raw', bytes: 'SSH-2.0-OpenSSH_9.9\r\n' }]);
      expect(error).toMatchObject({ kind: 'protocol' });
      expect(error.message).toContain('did not answer in HTTP');
    });

    it('fails when nothing listens', async () => {
      const server = await serve([]);
      await server.close();
      const error = await failureOf(ask(server));
      expect(error).toMatchObject({ kind: 'network', retryable: true });
      expect(error.message).toContain('Nothing answers at 127.0.0.1');
    });

    it('fails when the connection is closed before an answer', async () => {
      expect(await fail([{ do: 'reset' }])).toMatchObject({ kind: 'network', retryable: true });
      expect(await fail([{ do: 'cut' }])).toMatchObject({ kind: 'network', retryable: true });
    });
  });

  describe('that breaks off', () => {
    it.each(['end', 'cut', 'reset'] as const)('never counts as complete (%s)', async (how) => {
      const bytes = Buffer.from(answerText(protocol));
      const whole = wholeFrom(protocol, bytes);
      for (let cut = 1; cut < whole; cut += Math.ceil(bytes.length / 40)) {
        const error = await fail([streamHead(), send(bytes.subarray(0, cut)), { do: how }]);
        expect(['network', 'protocol']).toContain(error.kind);
        expect(error.retryable).toBe(true);
      }
    });

    it.each(['end', 'cut', 'reset'] as const)('is complete from there on (%s)', async (how) => {
      const bytes = Buffer.from(answerText(protocol));
      // Only a clean end of the body completes an event without its empty line.
      const first = wholeFrom(protocol, bytes) + (how === 'end' ? 0 : 1);
      for (let cut = first; cut < bytes.length; cut += 7) {
        const reply = [streamHead(), send(bytes.subarray(0, cut)), { do: how }] as const;
        expect((await ask(await serve([reply]))).message.text).toBe('The answer is 20.');
      }
    });

    it('has passed on the text before the failure', async () => {
      const events = protocol.answer('The answer is 20.').slice(0, -2);
      const server = await serve([[streamHead(), send(sseText(events)), { do: 'end' }]]);
      let text = '';
      const turn = ask(
        server,
        {},
        {
          onText: (delta) => {
            text += delta;
          },
        },
      );
      expect((await failureOf(turn)).message).toContain('ended before it was complete');
      expect(text).toBe('The answer is 20.');
    });

    it.each([
      ['overloaded_error', 'overloaded', true],
      ['rate_limit_error', 'rate_limit', true],
      ['server_error', 'overloaded', true],
      ['insufficient_quota', 'quota', false],
      ['something_new', 'overloaded', true],
    ])('with an error event %s fails as %s, early or late', async (name, kind, retryable) => {
      const error = protocol.streamError(name);
      const [first, ...rest] = protocol.answer('20');
      for (const events of [[error], [first!, ...rest.slice(0, -2), error]]) {
        const failure = await fail(streamReply(sseText(events)));
        expect(failure).toMatchObject({ kind, retryable, code: name });
        expect(failure.message).toContain('No luck.');
      }
    });

    it.each(['{"type":', 'null', '[]', '7', '"text"'])('fails for the data %s', async (data) => {
      const [first] = protocol.answer('20');
      const error = await fail(streamReply(`${sseText([first!])}data: ${data}\n\n`));
      expect(error).toMatchObject({ kind: 'protocol', retryable: true });
      expect(error.message).toMatch(
        /^The answer of 127\.0\.0\.1:\d+ cannot be read: an event is not/,
      );
    });
  });

  describe('that is too large', () => {
    it('fails when one event is larger than 1 MB', async () => {
      const error = await fail([streamHead(), send('data: '), send('x'.repeat(1_100_000))]);
      expect(error).toMatchObject({ kind: 'protocol', retryable: false });
      expect(error.message).toContain('one event is larger');
    });

    it('fails when all of it is larger than 16 MB', async () => {
      const filler = `event: response.filler\ndata: {"type":"filler","x":"${'x'.repeat(900_000)}"}\n\n`;
      const server = await serve([
        [streamHead(), ...Array.from({ length: 20 }, () => send(filler))],
      ]);
      const error = await failureOf(ask(server));
      expect(error).toMatchObject({ kind: 'protocol', retryable: false });
      expect(error.message).toContain('larger than');
      await server.requests[0]!.closed;
    });
  });
});
