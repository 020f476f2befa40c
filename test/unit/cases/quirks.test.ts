import { describe, expect, it } from 'vitest';
import { createAnthropicProvider } from '../../../src/core/providers/anthropic/provider.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import { refuse } from '../../support/cases/answers.ts';
import { block, done, end, item, msg, ok, start, stop, text } from '../../support/cases/blocks.ts';
import { events, runCase } from '../../support/cases/runCase.ts';
import { JumpingClock } from '../../support/faults/jumpingClock.ts';
import { testAgent, testRun } from '../../support/runs.ts';
import { scriptedServer } from '../cli/commandLine.ts';

describe("a max answer length above the model's limit", () => {
  it.each([
    'max_tokens: 16000 > 8192, which is the maximum allowed number of output tokens for x',
    'max_tokens is too large: 16000. This model supports at most 8192 completion tokens.',
  ])("is lowered to the server's limit: %s", async (words) => {
    const { conversation, bodies } = await runCase(({ max_tokens: most }) =>
      most > 8192 ? refuse(words) : events(ok('done')),
    );
    expect(conversation).toMatchObject({ status: 'done', answer: 'done' });
    expect(bodies.map(({ max_tokens: most }) => most)).toEqual([16_000, 8_192]);
  });

  it('fails once when the server does not state its limit', async () => {
    const { conversation, bodies } = await runCase(() => refuse('max_tokens is too large'));
    expect(conversation).toMatchObject({ status: 'failed', reason: 'invalid_request' });
    expect(bodies).toHaveLength(1);
  });
});

describe('an answer truncated in its second thinking block', () => {
  it('can be continued', async () => {
    const signed = { type: 'thinking', thinking: 'First.', signature: 'c2ln' };
    const cut = [
      start(),
      ...block(0, signed),
      ...text(1, 'As far as'),
      ...block(2, { type: 'thinking', thinking: 'And' }).slice(0, 1),
      ...[end('max_tokens'), stop],
    ];
    const bodies: { messages: { role: string; content: { type: string }[] }[] }[] = [];
    const server = await scriptedServer(({ body }) => {
      bodies.push(JSON.parse(body));
      return events(bodies.length === 1 ? cut : ok(' here.'));
    });
    const provider = createAnthropicProvider({ baseUrl: server.url, apiKey: undefined });
    const run = testRun(testAgent(provider), ['Go.'], {
      runner: new Runner({ clock: new JumpingClock() }),
    });
    run.start();
    expect((await run.ended()).conversations[0]).toMatchObject({ reason: 'max_tokens' });
    run.continue([0]);
    const { conversations } = await run.ended();
    provider.dispose();
    expect(conversations[0]).toMatchObject({ status: 'done', answer: 'As far as here.' });
    expect(bodies[1]!.messages[1]!.content).toEqual([signed, { type: 'text', text: 'As far as' }]);
  });
});

describe('a cache miss explained by the server', () => {
  it('is logged', async () => {
    const miss = { cache_miss_reason: { type: 'tools_changed', cache_missed_input_tokens: 900 } };
    const first = start() as { message: object } & ReturnType<typeof start>;
    const explained = { ...first, message: { ...first.message, diagnostics: miss } };
    const { outcome } = await runCase(() =>
      events(explained, text(0, 'done'), end('end_turn'), stop),
    );
    expect(outcome.err).toContain('not read from the prompt cache of x: tools changed');
    const diagnostics = { type: 'cache_miss', reason: 'input_changed', cache_missed_tokens: 9 };
    const other = await runCase(
      () =>
        events(item(msg('done')), done([msg('done')], { prompt_cache_diagnostics: diagnostics })),
      { protocol: 'openai' },
    );
    expect(other.outcome.err).toContain('not read from the prompt cache of x: input changed');
  });
});

describe('a local server', () => {
  it('is recognised', () => {
    const at = (baseUrl: string) => createAnthropicProvider({ baseUrl, apiKey: 'the-key' });
    expect(at('http://127.0.0.1:1').isLocal).toBe(true);
    expect(at('https://gpu.lan').isLocal).toBe(true);
    expect(at('https://api.example.com').isLocal).toBe(false);
  });
});
