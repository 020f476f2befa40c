import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../../../../src/core/providers/provider.ts';
import type { Reply } from '../../../../support/loopback/loopbackServer.ts';
import { plainReply, streamReply } from '../../../../support/loopback/replies.ts';
import { ManualClock } from '../../../../support/manualClock.ts';
import { answerText, noAbort, smallRequest, testedProtocol } from '../protocols.ts';
import { failureOf, turnHarness, until } from '../turnHarness.ts';

// biome-ignore lint/suspicious/noExplicitAny: a request's JSON, of whatever shape is under test
type JsonBody = any;

const on = { supported: true };
const off = { supported: false };

/** A model with three efforts whose thinking cannot be disabled. */
const thinker = {
  id: 'some-model',
  max_tokens: 500,
  capabilities: {
    effort: { supported: true, low: on, medium: on, high: on, xhigh: off, max: null },
    thinking: { supported: true, types: { adaptive: on, enabled: off, disabled: off } },
  },
};

/** A model that thinks on request. */
const optional = {
  id: 'some-model',
  capabilities: { thinking: { types: { adaptive: on, disabled: on } } },
};

describe('the capabilities of a model of the Messages API', () => {
  const protocol = testedProtocol('anthropic');
  const { serve, provide } = turnHarness(protocol);

  /** The body and the notes of a turn when the server describes its model like this. */
  async function sent(request: Partial<ModelRequest>, model: Reply) {
    const server = await serve(({ method }) =>
      method === 'GET' ? model : streamReply(answerText(protocol)),
    );
    const notes: string[] = [];
    const observer = { onNote: (text: string) => void notes.push(text) };
    await provide(server).turn({ ...smallRequest, ...request }, observer, noAbort());
    const asked = server.requests.filter(({ method }) => method === 'GET').map(({ path }) => path);
    const turn = server.requests.find(({ method }) => method === 'POST');
    return { body: JSON.parse(turn!.body) as JsonBody, notes, asked };
  }

  it('are requested when an effort is set', async () => {
    const { asked } = await sent({ effort: 'high', model: 'a/b c' }, plainReply(200, thinker));
    expect(asked).toEqual(['/v1/models/a%2Fb%20c']);
  });

  it('are not requested from a compatible server when nothing depends on them', async () => {
    const { asked, body } = await sent({}, plainReply(200, thinker));
    expect(asked).toEqual([]);
    expect(body).not.toHaveProperty('thinking');
  });

  it.each([
    ['low', 'low'],
    ['high', 'high'],
    ['xhigh', 'high'],
    ['max', 'high'],
  ] as const)('turns the effort %s into %s', async (effort, expected) => {
    const { body, notes } = await sent({ effort }, plainReply(200, thinker));
    expect(body.output_config).toEqual({ effort: expected });
    const lead = `some-model has no reasoning effort "${effort}"`;
    const changed = effort === expected ? [] : [`${lead}: "${expected}" is used.`];
    expect(notes.filter((note) => note.includes('effort'))).toEqual(changed);
  });

  it('omit the effort for a model without any, with a note', async () => {
    const entry = { id: 'some-model', capabilities: { effort: { supported: false } } };
    const { body, notes } = await sent({ effort: 'low' }, plainReply(200, entry));
    expect(body).not.toHaveProperty('output_config');
    expect(notes).toEqual(['some-model has no reasoning effort "low" and no other: none is sent.']);
  });

  it('lower the max output tokens, with a note', async () => {
    const { body, notes } = await sent({ effort: 'low' }, plainReply(200, thinker));
    expect(body.max_tokens).toBe(500);
    expect(notes.join()).toContain('at most 500 tokens');
  });

  it.each([
    ['cannot but think', thinker, 'low', { type: 'adaptive', display: 'summarized' }],
    ['is asked to think', optional, 'low', { type: 'adaptive', display: 'summarized' }],
    ['is asked not to think', optional, 'none', { type: 'disabled' }],
    ['thinks in any case', thinker, 'none', { type: 'adaptive', display: 'summarized' }],
    ['says nothing of thinking', { id: 'x' }, 'low', undefined],
  ] as const)('reports the thinking of a model that %s', async (_, entry, effort, thinking) => {
    const { body } = await sent({ effort }, plainReply(200, entry));
    expect(body.thinking).toEqual(thinking);
  });

  it.each([
    ['says no more than its id', plainReply(200, { id: 'some-model' })],
    ['does not know the address', plainReply(404, '')],
    ['fails', plainReply(500, '')],
    ['refuses the key', plainReply(401, {})],
    ['breaks off', [{ do: 'reset' }]],
  ] as [string, Reply][])(
    "are left to the user's settings when the server %s",
    async (_, reply) => {
      const { body, notes } = await sent({ effort: 'xhigh' }, reply);
      expect(body.output_config).toEqual({ effort: 'xhigh' });
      expect(body).not.toHaveProperty('thinking');
      expect(body.max_tokens).toBe(1000);
      expect(notes).toEqual([]);
    },
  );

  it('delay the first turn by one second at most, and later turns not at all', async () => {
    const answered = Promise.withResolvers<void>();
    const server = await serve(({ method }) =>
      method === 'GET'
        ? [{ do: 'wait', for: answered.promise }, ...plainReply(200, thinker)]
        : streamReply(answerText(protocol)),
    );
    const clock = new ManualClock();
    const provider = provide(server, { clock });
    const request: ModelRequest = { ...smallRequest, effort: 'max' };
    const turn = provider.turn(request, {}, noAbort());
    await until(() => server.requests.length === 1);
    await clock.advance(1000);
    await turn;
    await provider.turn({ ...request, messages: [{ role: 'user', text: 'B' }] }, {}, noAbort());
    const efforts = () =>
      server.requests
        .filter(({ method }) => method === 'POST')
        .map(({ body }) => JSON.parse(body).output_config.effort);
    expect(efforts()).toEqual(['max', 'max']);

    answered.resolve();
    // New conversations use the new information; running ones stay unchanged.
    await until(() => server.requests[0]!.path.startsWith('/v1/models/'));
    for (let tries = 0; tries < 100 && !efforts().includes('high'); tries++) {
      await provider.turn({ ...request, messages: [{ role: 'user', text: 'C' }] }, {}, noAbort());
    }
    expect(efforts().at(-1)).toBe('high');
    await provider.turn(request, {}, noAbort());
    expect(efforts().at(-1)).toBe('max');
    expect(server.requests.filter(({ method }) => method === 'GET')).toHaveLength(1);
  });

  it('do not delay the cancellation of a turn', async () => {
    const server = await serve(() => []);
    const controller = new AbortController();
    const request: ModelRequest = { ...smallRequest, effort: 'max' };
    const turn = provide(server).turn(request, {}, controller.signal);
    await until(() => server.requests.length === 1);
    controller.abort(new Error('no more'));
    await expect(turn).rejects.toThrow('no more');
    expect(server.requests).toHaveLength(1);
  });
});

describe('an optional field of the Responses API', () => {
  const protocol = testedProtocol('openai');
  const { serve, provide } = turnHarness(protocol);
  const request: ModelRequest = {
    ...smallRequest,
    effort: 'low',
    prefix: { tokens: 10, key: 'the-prefix' },
  };

  it.each([
    ['prompt_cache_key', { message: 'Unknown parameter', param: 'prompt_cache_key' }],
    ['prompt_cache_key', { message: "[{'loc': ('body', 'prompt_cache_key')}] extra forbidden" }],
    ['reasoning.summary', { message: 'Must be verified', param: 'reasoning.summary' }],
    ['reasoning.summary', { message: 'must be verified to generate reasoning summaries' }],
    ['include', { message: 'Encrypted content is not supported with this model.' }],
  ])('is omitted after a refusal: %s', async (name, error) => {
    const refusal = plainReply(400, { error: { type: 'invalid_request_error', ...error } });
    const server = await serve([
      refusal,
      refusal,
      ...[1, 2].map(() => streamReply(answerText(protocol))),
      plainReply(400, { error: { type: 'invalid_request_error', ...error } }),
    ]);
    const provider = provide(server);
    // All requests in flight at the first refusal may be retried.
    const failures = await Promise.all(
      [1, 2].map(() => failureOf(provider.turn(request, {}, noAbort()))),
    );
    for (const failure of failures) {
      expect(failure).toMatchObject({ kind: 'invalid_request', retryable: true });
    }
    await provider.turn(request, {}, noAbort());
    const { body } = server.requests[2]!;
    const field = {
      prompt_cache_key: 'the-prefix',
      'reasoning.summary': 'auto',
      include: 'encrypted',
    };
    const kept = Object.entries(field).filter(([, value]) => body.includes(value));
    expect(kept.map(([key]) => key)).toEqual(Object.keys(field).filter((key) => key !== name));

    // Another model may accept it.
    await provider.turn({ ...request, model: 'another-model' }, {}, noAbort());
    expect(server.requests[3]!.body).toContain(field[name as keyof typeof field]);
    // A refusal that persists is not retried for ever.
    const last = await failureOf(provider.turn(request, {}, noAbort()));
    expect(last.retryable).toBe(false);
  });

  it('does not hide a user error', async () => {
    const error = {
      type: 'invalid_request_error',
      message: 'No effort "low".',
      param: 'reasoning.effort',
    };
    const server = await serve([plainReply(400, { error })]);
    const failure = await failureOf(provide(server).turn(request, {}, noAbort()));
    expect(failure).toMatchObject({ kind: 'invalid_request', retryable: false });
  });

  it('needs no request: the API does not report capabilities', async () => {
    const server = await serve(() => streamReply(answerText(protocol)));
    await provide(server).turn(request, {}, noAbort());
    expect(server.requests.map(({ method }) => method)).toEqual(['POST']);
  });
});
