import type { Reply, ReplyStep } from '../../support/loopback/loopbackServer.ts';
import { plainReply, streamHead, streamReply } from '../../support/loopback/replies.ts';
import { settled } from '../../support/settled.ts';
import type { Cell } from './cell.ts';
import { answers, reasonOf, runAt, runUnderClock } from './commandLineRuns.ts';

/** Limits on a server's output and response times. */
export const connectionCells = {
  headersSeconds: {
    limit: 5,
    scale: 1_000,
    ends: ['waits', 'timed out', 'timed out'],
    take: (ms, args) => givenUpAfter(ms, [], args),
  },
  idleSeconds: {
    limit: 5,
    scale: 1_000,
    ends: ['waits', 'timed out', 'timed out'],
    take: (ms, args) => givenUpAfter(ms, [streamHead(), send(': hello\n\n')], args),
  },
  contentSeconds: {
    limit: 5,
    scale: 1_000,
    ends: ['waits', 'timed out', 'timed out'],
    take: (ms, args) => givenUpAfter(ms, [streamHead(), send(ping(10))], args),
  },
  eventKB: {
    limit: 1,
    scale: 1_000,
    ends: ['final', 'final', 'protocol'],
    take: async (bytes, args) => reasonOf(await runAt({ replies: [padded(ping(bytes))], args })),
  },
  responseKB: {
    limit: 4,
    scale: 1_000,
    ends: ['final', 'final', 'protocol'],
    take: async (bytes, args) => {
      const rest = bytesOf(answers('Done.'));
      const comment = `:${' '.repeat(bytes - rest - 3)}\n\n`;
      return reasonOf(await runAt({ replies: [padded(comment)], args }));
    },
  },
  errorKB: {
    limit: 1,
    scale: 1_000,
    ends: ['read', 'read', 'not read'],
    take: async (bytes, args) => {
      const body = (pad: string) => ({
        error: { type: 'invalid_request_error', message: 'No.' },
        pad,
      });
      const pad = ' '.repeat(bytes - JSON.stringify(body('')).length);
      const { result } = await runAt({ replies: [plainReply(400, body(pad))], args });
      const { message = '' } = result?.conversations[0]?.error ?? {};
      return message.includes(': No.') ? 'read' : 'not read';
    },
  },
  errorCharacters: {
    limit: 300,
    ends: ['whole', 'whole', 'shortened'],
    take: async (length, args) => {
      const refusal = (words: string) =>
        plainReply(400, { error: { type: 'invalid_request_error', message: words } });
      const messageFor = async (words: string): Promise<string> => {
        const { result } = await runAt({ replies: [refusal(words)], args });
        const { message = '' } = result?.conversations[0]?.error ?? {};
        // The number of digits of the port varies.
        return message.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:54321');
      };
      const around = (await messageFor('#')).length - '#'.length;
      const words = '#'.repeat(length - around);
      const message = await messageFor(words);
      if (message.length > 300) return 'too long';
      return message.includes(words) ? 'whole' : 'shortened';
    },
  },
} satisfies { readonly [name: string]: Cell };

function send(bytes: string): ReplyStep {
  return { do: 'send', bytes };
}

/** A heartbeat with this many bytes of data. */
function ping(bytes: number): string {
  const start = '{"type":"ping","x":"';
  return `event: ping\ndata: ${start}${'x'.repeat(Math.max(0, bytes - start.length - 2))}"}\n\n`;
}

/** An answer with a prefix. */
function padded(before: string): Reply {
  return streamReply([before, ...textsOf(answers('Done.'))]);
}

function textsOf(reply: Reply): readonly string[] {
  return reply.flatMap((step) => (step.do === 'send' ? [String(step.bytes)] : []));
}

function bytesOf(reply: Reply): number {
  return Buffer.byteLength(textsOf(reply).join(''));
}

/** Whether a request with these response steps times out after `ms`. */
async function givenUpAfter(ms: number, steps: Reply, args: readonly string[]): Promise<string> {
  const replies = [steps, answers('Done.')];
  const once = [...args, '--limit', 'attempts=1'];
  let seen = 'waits';
  await runUnderClock({ replies, args: once }, async ({ clock, server, arrived }) => {
    const timers = clock.pending;
    await arrived(1);
    // The response head starts timers of its own.
    while (steps.length > 0 && clock.pending <= timers + 1) await settled();
    await settled();
    await clock.advance(ms);
    let isClosed = false;
    void server.requests[0]?.closed.then(() => {
      isClosed = true;
    });
    for (let tries = 0; tries < 10 && !isClosed; tries++) await settled();
    if (isClosed) seen = 'timed out';
  });
  return seen;
}
