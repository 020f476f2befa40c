import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelRequest } from '../../../src/core/providers/provider.ts';
import { LanguageModelProvider } from '../../../src/host/languageModels/languageModelProvider.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { settled } from '../../support/settled.ts';
import type {
  ChatAnswer,
  FakeModel,
  SeenChatRequest,
} from '../../support/vscode/fakeLanguageModels.ts';
import { startFakeModel } from '../../support/vscode/fakeLanguageModels.ts';
import {
  CancellationTokenSource,
  LanguageModelError,
  LanguageModelTextPart as Text,
  LanguageModelToolCallPart as ToolCall,
} from '../../support/vscode/fakeVscode.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

const request: ModelRequest = {
  model: 'test/model',
  system: 'Be brief.',
  messages: [{ role: 'user', text: 'Go.' }],
  tools: [{ name: 'sum', description: 'Adds.', inputSchema: { type: 'object' } }],
  maxOutputTokens: 100,
};

const models: FakeModel[] = [];
let clock: ManualClock;

beforeEach(() => {
  clock = new ManualClock();
});

afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
  // Every request is cleaned up, however it ended.
  expect([CancellationTokenSource.open, CancellationTokenSource.listeners]).toEqual([0, 0]);
  expect(clock.pending).toBe(0);
});

type Answer = ChatAnswer | ((request: SeenChatRequest | undefined) => ChatAnswer);

function offer(answer: Answer, id = 'model'): FakeModel {
  const model = startFakeModel(id, typeof answer === 'function' ? answer : () => answer);
  models.push(model);
  return model;
}

function provider(canSendRequest: () => boolean | undefined = () => true): LanguageModelProvider {
  return new LanguageModelProvider({ canSendRequest }, clock);
}

function ask(asked = provider(), more: Partial<ModelRequest> = {}, signal?: AbortSignal) {
  return asked.turn({ ...request, ...more }, {}, signal ?? new AbortController().signal);
}

describe('a request to a model in VS Code', () => {
  it('returns text and tool calls in order and ignores unknown parts', async () => {
    const calls = [new ToolCall('a', 'sum', { n: [1] }), new ToolCall('b', 'sum', {})];
    const parts = [null, new Text('So '), { mimeType: 'image/png' }, calls[0], new Text('it is.')];
    offer({ parts: [...parts, calls[1], 'text', 7] });
    expect(await ask()).toMatchObject({
      message: {
        text: 'So it is.',
        toolCalls: [
          { callId: 'a', name: 'sum', input: { n: [1] } },
          { callId: 'b', name: 'sum', input: {} },
        ],
      },
      stop: 'tool_calls',
      usage: { incomplete: true },
    });
  });

  it.each([
    ['that are empty, missing or duplicate', ['a', 'a', '', undefined, 'b'], []],
    ['that an earlier turn used', ['a', 'call_1'], ['a', 'b', 'call_1']],
  ])('gives every call a unique id: ids %s', async (_, ids, taken) => {
    offer({ parts: ids.map((id) => new ToolCall(id as string, 'sum', {})) });
    const earlier = taken.map((callId) => ({ callId, name: 'sum', input: {} }));
    const outcomes = taken.map((callId) => ({ callId, name: 'sum', content: '', isError: false }));
    const messages = [
      ...request.messages,
      { role: 'assistant', text: '', toolCalls: earlier, native: [] } as const,
      { role: 'tool', outcomes } as const,
    ];
    const { message } = await ask(provider(), taken.length === 0 ? {} : { messages });
    const given = message.toolCalls.map(({ callId }) => callId);
    expect(new Set([...given, ...taken]).size).toBe(ids.length + taken.length);
    expect(given.every((id) => id !== '')).toBe(true);
  });

  it('C80: treats a call with undefined input as a call without arguments', async () => {
    offer({ parts: [new ToolCall('a', 'sum', undefined as never)] });
    const { message } = await ask();
    expect(message.toolCalls).toEqual([{ callId: 'a', name: 'sum', input: {} }]);
  });

  it.each([
    ['no part', [], []],
    [
      'only thinking',
      [{ value: 'Hm.' }, { value: 'So.' }],
      [expect.stringMatching(/such as reasoning/)],
    ],
    ['blank text', [new Text(' \n')], [expect.stringMatching(/no answer/)]],
    ['an answer after thinking', [{ value: 'Hm.' }, new Text('Yes.')], []],
  ])('C80: explains a missing answer text: %s', async (_, parts, said) => {
    offer({ parts });
    const notes: string[] = [];
    const { signal } = new AbortController();
    await provider().turn(request, { onNote: (note) => void notes.push(note) }, signal);
    expect(notes).toEqual(said);
  });

  it('C80: shows the message of a plain error and discards the partial answer', async () => {
    offer({ parts: [new Text('Half')], ending: { throws: new Error('blocked') } });
    const failure = await ask().catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ name: 'ProviderError', kind: 'protocol' });
    expect((failure as Error).message).toMatch(/^test\/model failed: blocked\. Retry/);
    expect(JSON.stringify(failure)).not.toContain('Half');
  });

  it.each([[[1]], ['{"n":[1,'], [7]])('never runs a call with the input %j', async (input) => {
    offer({ parts: [new ToolCall('a', 'sum', input as object)] });
    const { message } = await ask();
    expect(message.toolCalls[0]).toMatchObject({ inputError: expect.stringMatching(/not a JSON/) });
    const messages = [...request.messages, message];
    const outcome = { callId: 'a', name: 'sum', content: 'Wrong.', isError: true };
    const next = offer({ parts: [new Text('Sorry.')] }, 'next');
    await ask(provider(), {
      model: 'test/next',
      messages: [...messages, { role: 'tool', outcomes: [outcome] }],
    });
    // VS Code accepts only objects as input, so the invalid input is sent back as {} and the error as text.
    expect(JSON.parse(next.requests[0]!.body)[1].content[0].input).toEqual({});
    expect(next.requests[0]!.body).toContain('ERROR: Wrong.');
  });

  it('sends no empty message and no lone surrogate', async () => {
    const model = offer({ parts: [new Text('Yes.')] });
    const empty = { role: 'assistant', text: '', toolCalls: [], native: [] } as const;
    await ask(provider(), {
      system: 'a\ud800',
      messages: [{ role: 'user', text: 'b\udc00' }, empty, { role: 'user', text: 'c\ud800' }],
    });
    expect(model.requests[0]!.messages).toMatchObject([
      { role: 'user', text: 'a\ufffd\n\nb\ufffd' },
      { role: 'user', text: 'c\ufffd' },
    ]);
    expect(model.requests[0]!.tools).toEqual(request.tools);
  });
});

describe('a request to a model in VS Code that fails', () => {
  const named = (name: string) => Object.assign(new Error('Words.'), { name });
  const coded = (code: string) => Object.assign(new Error('Words.'), { code });

  it.each<[string, unknown, string]>([
    ['no permission', LanguageModelError.NoPermissions('Words.'), 'auth'],
    ['a block', LanguageModelError.Blocked('Words.'), 'rate_limit'],
    ['no such model', LanguageModelError.NotFound('Words.'), 'not_found'],
    ['a quota, by its name', named('ChatQuotaExceeded'), 'quota'],
    ['a quota, by its code', coded('ChatQuotaExceeded'), 'quota'],
    ['a quota, as a cause', new Error('Words.', { cause: named('ChatQuotaExceeded') }), 'quota'],
    ['a rate limit, by its name', named('ChatRateLimited'), 'rate_limit'],
    ['a name that every object has', named('constructor'), 'protocol'],
    ['something unknown', new LanguageModelError('Words.', 'Unknown'), 'protocol'],
    ['text', 'Words.', 'protocol'],
    ['nothing', undefined, 'protocol'],
    ['an object without a message', Object.create(null), 'protocol'],
  ])('is classified as %s, before and after the first part', async (_, error, kind) => {
    for (const answer of [
      { refuses: error },
      { parts: [new Text('x')], ending: { throws: error } },
    ]) {
      if ('refuses' in answer && error === undefined) continue;
      const model = offer(answer);
      const failure = await ask().catch((thrown: unknown) => thrown);
      expect(failure).toMatchObject({ name: 'ProviderError', kind });
      expect((failure as Error).message).toContain('test/model');
      model.dispose();
    }
  });

  it("shows the vendor's message clipped to one line", async () => {
    const secret = `s${'k'}-ant-api03-${'Ab3dEf6hIj9l'.repeat(8)}`;
    offer({ refuses: new Error(`a\r\n\u001b[2J\u202e${secret} ${'x'.repeat(100_000)}`) });
    const { message } = (await ask().catch((thrown: unknown) => thrown)) as Error;
    expect(message.length).toBeLessThanOrEqual(500);
    expect(message).not.toContain(secret);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it.each(['other/model', 'test/other', 'model', '/model', ''])(
    'because there is no model "%s" says how to select another',
    async (model) => {
      const offered = offer({ parts: [new Text('Yes.')] });
      const failure = ask(provider(), { model });
      await expect(failure).rejects.toMatchObject({ kind: 'not_found' });
      await expect(failure).rejects.toThrow(/offers no model .*Select Model…/);
      expect(offered.requests).toHaveLength(0);
    },
  );

  it('because the model disappeared between two turns says the same', async () => {
    let isThere = true;
    offer(() => (isThere ? { parts: [new Text('Yes.')] } : { gone: true }));
    const asked = provider();
    await ask(asked);
    isThere = false;
    await expect(ask(asked)).rejects.toMatchObject({ kind: 'not_found' });
    isThere = true;
    await expect(ask(asked)).resolves.toMatchObject({ message: { text: 'Yes.' } });
  });

  it('is cancelled when its answer is endless', async () => {
    async function* endless(): AsyncGenerator<unknown> {
      for (let pieces = 0; pieces < 50; pieces++) yield new Text('x'.repeat(1_000_000));
    }
    const model = offer({ stream: endless() });
    const failure = await ask().catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ kind: 'protocol', retryable: false });
    expect((failure as Error).message).toMatch(/longer than 16,000,000 characters\. Ask for less/);
    expect(model.requests[0]!.token.isCancellationRequested).toBe(true);
  });

  it('is cancelled after the idle timeout, which every part resets', async () => {
    const more = Promise.withResolvers<void>();
    async function* slow(): AsyncGenerator<unknown> {
      yield new Text('a');
      await more.promise;
      yield new Text('b');
      await new Promise(() => undefined);
    }
    offer({ stream: slow() });
    const failure = ask().catch((thrown: unknown) => thrown);
    await clock.advance(179_000);
    more.resolve();
    await clock.advance(179_000);
    expect(await Promise.race([failure, 'still open'])).toBe('still open');
    await clock.advance(1_000);
    expect(await failure).toMatchObject({ kind: 'network' });
    expect(((await failure) as Error).message).toMatch(/^test\/model sent nothing for 180 s\./);
  });
});

describe('a cancelled request to a model in VS Code', () => {
  const reason = new Error('changed my mind');

  it.each<[string, ChatAnswer]>([
    ['while the user is asked for consent', { hangs: true }],
    ['before the first part', { ending: 'silence' }],
    ['in mid-stream', { parts: [new Text('Half')], ending: 'silence' }],
    [
      'while the stream ignores it',
      {
        stream: (async function* () {
          yield new Text('Half');
          await new Promise(() => undefined);
        })(),
      },
    ],
  ])('%s rejects immediately with the reason and cancels the model', async (_, answer) => {
    const model = offer(answer);
    const controller = new AbortController();
    const turn = ask(provider(), {}, controller.signal).catch((thrown: unknown) => thrown);
    await vi.waitFor(() => expect(model.requests).toHaveLength(1));
    expect(model.requests[0]!.token.isCancellationRequested).toBe(false);
    controller.abort(reason);
    expect(await turn).toBe(reason);
    expect(model.requests[0]!.token.isCancellationRequested).toBe(true);
    await vi.waitFor(() => expect(model.open).toBe(0));
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('is never sent when it is cancelled first', async () => {
    const model = offer({ parts: [new Text('Yes.')] });
    await expect(ask(provider(), {}, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(model.requests).toHaveLength(0);
  });

  it('leaves no listener on a signal that outlives it', async () => {
    offer({ parts: [new Text('Yes.')] });
    const { signal } = new AbortController();
    for (let times = 0; times < 20; times++) await ask(provider(), {}, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('the consent to use a model', () => {
  it('is requested once, while the other requests wait', async () => {
    const asked = Promise.withResolvers<void>();
    let allowed: true | undefined;
    const model = offer(() => {
      async function* stream(): AsyncGenerator<unknown> {
        await asked.promise;
        yield new Text('Yes.');
      }
      return { stream: stream() };
    });
    const shared = provider(() => allowed);
    const turns = Array.from({ length: 20 }, () => ask(shared));
    await vi.waitFor(() => expect(model.requests).toHaveLength(1));
    await settled();
    expect(model.requests).toHaveLength(1);
    allowed = true;
    asked.resolve();
    const answers = await Promise.all(turns);
    expect(answers.map(({ message }) => message.text)).toEqual(Array(20).fill('Yes.'));
    expect(model.requests).toHaveLength(20);
  });

  it('if refused, fails all requests that waited for it, with one question', async () => {
    const model = offer({ refuses: LanguageModelError.NoPermissions() });
    const shared = provider(() => undefined);
    const ends = await Promise.allSettled(Array.from({ length: 20 }, () => ask(shared)));
    expect(ends.every((end) => end.status === 'rejected' && end.reason.kind === 'auth')).toBe(true);
    expect(model.requests).toHaveLength(1);
    // The next run asks again.
    await expect(ask(shared)).rejects.toMatchObject({ kind: 'auth' });
    expect(model.requests).toHaveLength(2);
  });

  it('is no longer awaited when the conversation is cancelled', async () => {
    const model = offer({ hangs: true });
    const shared = provider(() => undefined);
    const first = new AbortController();
    const second = new AbortController();
    const turns = [first, second].map(({ signal }) => ask(shared, {}, signal).catch((e) => e));
    await vi.waitFor(() => expect(model.requests).toHaveLength(1));
    second.abort('second');
    expect(await turns[1]).toBe('second');
    expect(model.requests).toHaveLength(1);
    first.abort('first');
    expect(await turns[0]).toBe('first');
  });
});

describe('the list of models in VS Code', () => {
  it('has ids with their vendors', async () => {
    offer({}, 'a');
    offer({}, 'b');
    const ids = (await provider().listModels(new AbortController().signal)).map(({ id }) => id);
    expect(ids).toEqual(['test/a', 'test/b']);
  });
});
