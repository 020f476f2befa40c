import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { answerOf, both, fine, once } from '../../support/cases/answers.ts';
import {
  call,
  done,
  end,
  item,
  msg,
  ok,
  said,
  start,
  stop,
  text,
  tool,
} from '../../support/cases/blocks.ts';
import type { CaseProtocol } from '../../support/cases/runCase.ts';
import { events, raw, runCase } from '../../support/cases/runCase.ts';
import { plainReply, sseText, streamHead } from '../../support/loopback/replies.ts';

describe('C1: a complete answer without the final event', () => {
  it('is accepted and not requested again', async () => {
    const { conversation, bodies } = await once(events(start(), text(0, 'done'), end('end_turn')));
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it.each(['cut', 'reset'] as const)('is accepted when the connection is %s', async (how) => {
    const bytes = sseText([start(), ...text(0, 'done'), end('end_turn')]);
    const { conversation, bodies } = await once([streamHead(), { do: 'send', bytes }, { do: how }]);
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it('is accepted from finished items and an end mark', async () => {
    const marked = raw(`${sseText([item(msg('done'))])}data: [DONE]\n\n`);
    const { conversation, bodies } = await once(marked, 'openai');
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it('is incomplete without a stop reason, and no tool runs', async () => {
    const cut = events(start(), tool(0, 't1', 'list_files', '{}'));
    const { conversation } = await once(cut);
    expect(conversation).toMatchObject({ status: 'failed', reason: 'network', toolCalls: [] });
  });

  it('is incomplete after an unfinished item', async () => {
    const added = { type: 'response.output_item.added', output_index: 1, item: call('') };
    const marked = raw(`${sseText([item(msg('Half.')), added])}data: [DONE]\n\n`);
    expect((await once(marked, 'openai')).conversation).toMatchObject({ reason: 'network' });
  });
});

describe('C4: an error without a type in mid-stream', () => {
  const bare = (error: object) => `data: ${JSON.stringify({ error })}\n\n`;

  it.each<[CaseProtocol, unknown, string, string, boolean]>([
    ['anthropic', 502, 'Worker is full (33/32)', 'overloaded', true],
    ['openai', '429', 'Upstream busy', 'rate_limit', true],
    ['openai', 401, 'Upstream busy', 'auth', false],
    ['openai', 400, 'Upstream busy', 'invalid_request', false],
  ])('%s, code %s: shows "%s" and is %s', async (protocol, code, message, kind, isRepeated) => {
    const before = protocol === 'anthropic' ? sseText([start()]) : '';
    const failing = raw(`${before}${bare({ message, code })}data: [DONE]\n\n`);
    const { conversation, bodies, outcome } = await runCase(
      (_, index) => (index === 0 ? failing : events(answerOf[protocol])),
      { protocol },
    );
    expect(outcome.err).toContain(message);
    if (isRepeated) expect(conversation).toMatchObject(fine);
    else expect(conversation).toMatchObject({ status: 'failed', reason: kind });
    expect(bodies).toHaveLength(isRepeated ? 2 : 1);
    expect(outcome.err).toContain(kind);
  });
});

describe.each(both)('C5: an error in a JSON body with status 200 (%s)', (protocol) => {
  it.each([
    [429, 'rate_limit', true],
    [402, 'quota', false],
    [401, 'auth', false],
    [502, 'overloaded', true],
  ])('and code %i is %s', async (code, kind, isRepeated) => {
    const metadata = { raw: JSON.stringify({ error: { message: 'The model is loading' } }) };
    const failing = plainReply(200, {
      error: { message: 'Provider returned error', code, metadata },
    });
    const { conversation, bodies, outcome } = await runCase(
      (_, index) => (index === 0 ? failing : events(answerOf[protocol])),
      { protocol },
    );
    expect(outcome.err).toContain('Provider returned error: The model is loading');
    expect(outcome.err).toContain(kind);
    expect(conversation.status).toBe(isRepeated ? 'done' : 'failed');
    expect(bodies).toHaveLength(isRepeated ? 2 : 1);
  });
});

describe('C6: a repeated index', () => {
  it('opens a new block and keeps text, call and order', async () => {
    const twice = events(
      ...[
        start(),
        text(0, 'Let me look.'),
        tool(0, 't1', 'list_files', '{}'),
        end('tool_use'),
        stop,
      ],
    );
    const { conversation, bodies } = await runCase((_, index) =>
      index === 0 ? twice : events(ok('done')),
    );
    expect(conversation).toMatchObject(fine);
    expect(conversation.toolCalls).toMatchObject([
      { name: 'list_files', input: {}, isError: false },
    ]);
    expect(bodies[1]!.messages[1].content).toMatchObject([
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', id: 't1', input: {} },
    ]);
  });

  it('opens a new item when two share an index', async () => {
    const calls = [call('{"numbers":[1]}'), call('{"numbers":[2]}', { id: 'f2', call_id: 'c2' })];
    const { conversation } = await runCase(
      (_, index) =>
        index === 0 ? events(...calls.map((one) => item(one)), done([])) : events(said('done')),
      { protocol: 'openai' },
    );
    expect(conversation.toolCalls.map(({ input }) => input)).toEqual([
      { numbers: [1] },
      { numbers: [2] },
    ]);
  });
});

describe.each(both)('C8: a stream with a wrong content type (%s)', (protocol) => {
  it.each([
    'text/plain; charset=utf-8',
    'application/json',
    'application/octet-stream',
    'text/event-stream;charset=UTF-8',
  ])('%s is read anyway', async (type) => {
    const { conversation, bodies } = await once(
      raw(sseText(answerOf[protocol]), { 'content-type': type }),
      protocol,
    );
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it('is reported when the body is no stream', async () => {
    const { conversation } = await once(
      raw('%PDF-1.7 …', { 'content-type': 'application/pdf' }),
      protocol,
    );
    expect(conversation.error?.message).toContain('application/pdf');
  });
});

describe('C9: an answer without streaming', () => {
  it.each<[CaseProtocol, object]>([
    [
      'anthropic',
      {
        ...{ id: 'm', type: 'message', role: 'assistant', stop_reason: 'end_turn' },
        content: [{ type: 'text', text: 'done' }],
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    ],
    ['openai', { id: 'r', object: 'response', status: 'completed', output: [msg('done')] }],
  ])('is accepted (%s)', async (protocol, body) => {
    const { conversation, bodies } = await once(plainReply(200, body), protocol);
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it('fails once in an unknown format', async () => {
    const chat = { choices: [{ message: { role: 'assistant', content: 'done' } }] };
    const { conversation, bodies } = await once(plainReply(200, chat));
    expect(conversation.error?.message).toContain('application/json');
    expect(bodies).toHaveLength(1);
  });

  it('is incomplete when its JSON is truncated', async () => {
    const half = '{"type":"message","role":"assistant","content":[{"type":"text","te';
    const { conversation } = await once(raw(half, { 'content-type': 'application/json' }));
    expect(conversation).toMatchObject({ status: 'failed', reason: 'protocol' });
  });
});

describe.each(both)('C10: compression without a request for it (%s)', (protocol) => {
  const plain = sseText(answerOf[protocol]);
  it.each<[string, Uint8Array | string, Record<string, string>]>([
    ['gzip with its header', gzipSync(plain), { 'content-encoding': 'gzip' }],
    ['gzip without', gzipSync(plain), {}],
    ['none', plain, { 'content-encoding': 'none' }],
    ['nothing', plain, { 'content-encoding': '' }],
    ['a gzip header without gzip', plain, { 'content-encoding': 'gzip' }],
  ])('%s is read', async (_what, bytes, headers) => {
    const { conversation, bodies } = await once(raw(bytes, headers), protocol);
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it('is incomplete when its bytes are truncated', async () => {
    const cut = gzipSync(plain).subarray(0, -20);
    const { conversation } = await once(raw(cut, { 'content-encoding': 'gzip' }), protocol);
    expect(conversation).toMatchObject({ status: 'failed' });
  });
});

describe.each(both)('C14 to C16: lines of servers and proxies (%s)', (protocol) => {
  const plain = sseText(answerOf[protocol]);
  it.each([
    ['C14 no event lines', plain.replaceAll(/event: .*\n/g, '')],
    ['C15 comments in data', plain.replaceAll('\n\n', `\n\n${'data: : PROCESSING\n\n'.repeat(5)}`)],
    ['C15 comments before everything', `data: : PROCESSING\n\n${plain}`],
    ['leading blanks', plain.replaceAll('data:', ' data:').replaceAll('event:', ' event:')],
    ['an empty data line', `data:\n\n${plain}`],
  ])('%s', async (_what, body) => {
    const { conversation, bodies } = await once(raw(body), protocol);
    expect(conversation).toMatchObject(fine);
    expect(bodies).toHaveLength(1);
  });

  it('C15 quotes the beginning of invalid JSON', async () => {
    const { conversation } = await once(raw('data: Bad gateway, try later\n\n'), protocol);
    expect(conversation.error?.message).toContain('not valid JSON: Bad gateway, try later');
  });

  it.each(['\r\n', '\r'])(
    'C16 one byte at a time, with a byte order mark and %j',
    async (lineEnd) => {
      const words = 'grün 😀';
      const whole = sseText(protocol === 'anthropic' ? ok(words) : said(words));
      const lines = whole.replaceAll('data: {', 'data:{').replaceAll('\n', lineEnd);
      const bytes = Buffer.from(`\ufeff${lines}`);
      const pieces = Array.from(
        bytes,
        (byte) => ({ do: 'send', bytes: Uint8Array.of(byte) }) as const,
      );
      const { conversation } = await once([streamHead(), ...pieces, { do: 'end' }], protocol);
      expect(conversation.answer).toBe(words);
    },
  );
});
