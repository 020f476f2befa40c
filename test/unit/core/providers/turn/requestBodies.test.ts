import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anthropicBody,
  thinkingSentBack,
} from '../../../../../src/core/providers/anthropic/request.ts';
import type { Message } from '../../../../../src/core/providers/message.ts';
import type { ModelProfile } from '../../../../../src/core/providers/models/profile.ts';
import { openAiBody } from '../../../../../src/core/providers/openai/request.ts';
import type { ModelRequest, ToolSchema } from '../../../../../src/core/providers/provider.ts';
import type { SendBody } from '../../../../../src/core/providers/transport/exchange.ts';
import { RequestBodies } from '../../../../../src/core/providers/turn/requestBodies.ts';
import { wellFormedJson } from '../../../../../src/core/providers/turn/wellFormedJson.ts';

const apis = [
  { name: 'anthropic', builder: anthropicBody },
  { name: 'openai', builder: openAiBody },
];

const tools: readonly (readonly ToolSchema[])[] = [
  [],
  [{ name: 'sum', description: 'Adds "numbers".', inputSchema: { type: 'object' } }],
];

// Few values each, so that requests often repeat or differ in a single field.
const request: fc.Arbitrary<ModelRequest> = fc.record(
  {
    model: fc.constantFrom('one', 'two'),
    system: fc.constantFrom('', 'Short: "é".', 'Long 🦊. '.repeat(600)),
    messages: fc.array(
      fc.string({ unit: 'binary' }).map((text): Message => ({ role: 'user', text: `x${text}` })),
      { minLength: 1, maxLength: 3 },
    ),
    tools: fc.constantFrom(...tools),
    maxOutputTokens: fc.constantFrom(100, 200),
    toolChoice: fc.constantFrom('none' as const),
    effort: fc.constantFrom('high' as const),
    prefix: fc.constantFrom({ tokens: 10, key: 'a' }, { tokens: 9000, key: 'b' }),
  },
  { requiredKeys: ['model', 'system', 'messages', 'tools', 'maxOutputTokens'] },
);

const profile: fc.Arbitrary<ModelProfile> = fc.record(
  {
    info: fc.constantFrom({ id: 'one', efforts: ['high' as const] }),
    refused: fc
      .subarray(['prompt_cache_key', 'include', 'reasoning.summary', 'tool_choice', 'diagnostics'])
      .map((names) => new Set(names)),
    isVendor: fc.boolean(),
  },
  { requiredKeys: ['refused', 'isVendor'] },
);

function textOf(body: SendBody): string {
  return typeof body === 'string' ? body : body.head.toString('utf8') + body.rest;
}

describe.each(apis)('RequestBodies ($name)', ({ builder }) => {
  it('sends exactly the JSON of the whole body, whatever was built before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(request, profile), { maxLength: 8 }), (turns) => {
        const bodies = new RequestBodies(builder);
        for (const [asked, knownOf] of turns) {
          const body = bodies.of(asked, knownOf);
          const expected = {
            ...builder.buildHead(asked, knownOf),
            [builder.messagesField]: builder.buildMessages(asked, knownOf),
            ...builder.buildTail(asked, knownOf),
          };
          expect(textOf(body.json)).toBe(JSON.stringify(expected));
          expect(body.whole()).toEqual(expected);
        }
      }),
    );
  });

  it('sends exactly the JSON of a long history, turn after turn, whatever the server refuses', () => {
    const message = fc.oneof(
      fc.string({ unit: 'binary' }).map((text): Message => ({ role: 'user', text: `x${text}` })),
      fc.string({ unit: 'binary' }).map(
        (text): Message => ({
          ...{ role: 'assistant', text, toolCalls: [] },
          native: [
            { type: 'thinking', thinking: text, signature: 's' },
            { type: 'reasoning', encrypted_content: text, summary: [] },
            { type: 'text', text },
          ],
        }),
      ),
      fc.string({ unit: 'binary' }).map(
        (content): Message => ({
          role: 'tool',
          outcomes: [{ callId: 'c', name: 'n', content, isError: false }],
        }),
      ),
    );
    const refusals = fc.subarray([thinkingSentBack, 'reasoning that is sent back']);
    const history = fc.array(fc.tuple(message, refusals), { minLength: 10, maxLength: 30 });
    fc.assert(
      fc.property(request, history, (asked, steps) => {
        const bodies = new RequestBodies(builder);
        const messages: Message[] = [];
        for (const [next, refused] of steps) {
          messages.push(next);
          const turn = { ...asked, messages: [...messages] };
          const knownOf = { refused: new Set(refused), isVendor: false };
          const expected = {
            ...builder.buildHead(turn, knownOf),
            [builder.messagesField]: builder.buildMessages(turn, knownOf),
            ...builder.buildTail(turn, knownOf),
          };
          const sent: unknown = JSON.parse(textOf(bodies.of(turn, knownOf).json));
          expect(sent).toEqual(JSON.parse(wellFormedJson(JSON.stringify(expected))));
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each<[string, Partial<ModelRequest>]>([
    ['model', { model: 'two' }],
    ['system prompt', { system: 'Be long.' }],
    ['output limit', { maxOutputTokens: 200 }],
    ['effort', { effort: 'low' }],
    ['prefix', { prefix: { tokens: 9_000, key: 'b' } }],
  ])('builds the head anew for another %s', (_, change) => {
    const bodies = new RequestBodies(builder);
    const known = { refused: new Set<string>(), isVendor: false };
    const asked: ModelRequest = {
      ...{ model: 'one', system: 'Be brief.', maxOutputTokens: 100, effort: 'high' },
      ...{ messages: [{ role: 'user', text: 'x' }], tools: tools[1]! },
      prefix: { tokens: 9_000, key: 'a' },
    };
    bodies.of(asked, known);
    const next = { ...asked, ...change };
    const { json, whole } = bodies.of(next, known);
    expect(whole()).toMatchObject(builder.buildHead(next, known));
    expect(JSON.parse(textOf(json))).toEqual(whole());
  });

  it('reuses the bytes of a long head from turn to turn', () => {
    const bodies = new RequestBodies(builder);
    const [asked] = fc.sample(request, { numRuns: 1, seed: 1 });
    const long = { ...asked!, system: 'x'.repeat(5_000) };
    const [first, second] = [1, 2].map(
      () => bodies.of(long, { refused: new Set(), isVendor: false }).json,
    );
    expect(typeof first).toBe('object');
    expect((second as { head: Buffer }).head).toBe((first as { head: Buffer }).head);
  });
});
