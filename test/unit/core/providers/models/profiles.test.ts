import { describe, expect, it } from 'vitest';
import { ModelProfiles } from '../../../../../src/core/providers/models/profiles.ts';
import { ProviderError } from '../../../../../src/core/providers/providerError.ts';

const optionalFields = [
  { name: 'effort', inMessage: /effort/ },
  { name: 'cache', inMessage: /cach/, minRefusals: 2 },
  { name: 'tools', inMessage: /tools/, isUsed: () => false },
];
const request = { model: 'm', messages: [], maxOutputTokens: 100_000 } as never;
const { signal } = new AbortController();

/** What is known of models, after each refusal of a request. */
function harness() {
  const profiles = new ModelProfiles({
    protocol: { id: 'openai', models: { describes: false }, optionalFields },
    endpoint: { origin: 'http://127.0.0.1:1' },
    catalog: { known: () => undefined },
  } as never);
  const refuse = async (message: string, more: object = {}) => {
    const error = new ProviderError(`h:8080: ${message}`, { kind: 'invalid_request', ...more });
    const learned = profiles.learnFrom(error, request, await profiles.of(request, signal));
    expect(learned.message).toBe(error.message);
    return learned.retryable;
  };
  const known = async (model = 'm') => {
    const asked = { ...(request as object), model } as never;
    const { refused, learnedMaxOutput } = await profiles.of(asked, signal);
    return [[...refused], learnedMaxOutput];
  };
  return { refuse, known };
}

describe('what a server refuses', () => {
  it.each<[string, number | undefined]>([
    ['max_tokens: 100000 > 64000', 64_000],
    ['max_output_tokens: at most 8192', 8_192],
    ['max_completion_tokens is too large: 100000. It may be 4096 or 16384.', 16_384],
    ['max_tokens must be 256', 256],
    ['max_tokens must be 255', undefined],
    ['max_tokens: 100000', undefined],
    ['max_tokens and 9000 are more than the context', undefined],
    ['max_things: 64000', undefined],
  ])('in "%s" is output of more than %s tokens', async (message, tokens) => {
    const { refuse, known } = harness();
    expect(await refuse(message)).toBe(tokens !== undefined);
    expect(await known()).toEqual([[], tokens]);
    expect(await known('another')).toEqual([[], undefined]);
  });

  it('is less each time', async () => {
    const { refuse, known } = harness();
    await refuse('max_tokens: 100000 > 64000');
    expect(await refuse('max_tokens: 64000 > 64000')).toBe(false);
    expect(await refuse('max_tokens: 64000 > 32000')).toBe(true);
    expect(await known()).toEqual([[], 32_000]);
  });

  it('is a field that it names, once, for that model', async () => {
    const { refuse, known } = harness();
    expect(await refuse('no effort here')).toBe(true);
    expect(await refuse('no effort here')).toBe(false);
    expect(await known()).toEqual([['effort'], undefined]);
    expect(await known('another')).toEqual([[], undefined]);
    const named = harness();
    expect(await named.refuse('unknown', { param: 'effort' })).toBe(true);
    expect(await named.refuse('unknown', { param: 'other' })).toBe(false);
  });

  it('is a field only where it was refused often enough, and was sent', async () => {
    const { refuse, known } = harness();
    expect(await refuse('no cache')).toBe(false);
    expect(await refuse('no cache')).toBe(true);
    expect(await refuse('no tools')).toBe(false);
    expect(await known()).toEqual([['cache'], undefined]);
  });

  it('is nothing where the request was not at fault', async () => {
    const { refuse, known } = harness();
    const kind = 'overloaded';
    expect(await refuse('max_tokens: 100000 > 64000, no effort', { kind, retryable: false })).toBe(
      false,
    );
    expect(await known()).toEqual([[], undefined]);
  });
});
