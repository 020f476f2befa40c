import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wellFormedJson } from '../../../../../src/core/providers/turn/wellFormedJson.ts';
import { anthropicEvents } from '../../../../support/loopback/anthropicScript.ts';
import { openAiEvents } from '../../../../support/loopback/openAiScript.ts';
import { sseText, streamReply } from '../../../../support/loopback/replies.ts';
import { testAgent, testRun } from '../../../../support/runs.ts';
import { answerText, protocols } from '../protocols.ts';
import { turnHarness } from '../turnHarness.ts';

/** Names and texts of a JSON value that are not well-formed. */
function illFormed(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.isWellFormed() ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => [
    ...illFormed(name),
    ...illFormed(field),
  ]);
}

const units = fc.string({
  unit: fc.constantFrom(
    'a',
    '\\',
    '"',
    'u',
    'd',
    '8',
    '\ud83d',
    '\ude00',
    '\udfff',
    '\n',
    'ud83d',
    'é',
  ),
});

describe('wellFormedJson', () => {
  it('replaces lone surrogates and changes nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(units, units)), (fields) => {
        const value = fields.map(([name, text]) => ({ [`_${name}`]: [text] }));
        const read: unknown = JSON.parse(wellFormedJson(JSON.stringify(value)));
        const expected = fields.map(([name, text]) => ({
          [`_${name}`.toWellFormed()]: [text.toWellFormed()],
        }));
        expect(read).toEqual(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['a path with a backslash before a u', '{"a":"C:\\\\ud800"}'],
    ['no escapes', '{"a":"😀"}'],
  ])('does not change %s', (_, json) => {
    expect(wellFormedJson(json)).toBe(json);
  });
});

describe.each(protocols)('a model that writes a lone surrogate ($name)', (protocol) => {
  const { serve, provide } = turnHarness(protocol);

  it('in tool arguments does not break its conversation', async () => {
    const half = '{"numbers":[1],"\\ud83d":"\\udc00 and \\ud800"}';
    const name = 'sum_numbers';
    const call =
      protocol.name === 'anthropic'
        ? anthropicEvents({
            content: [
              { type: 'text', text: 'a \ud800 b' },
              { type: 'tool_use', id: 'toolu_1', name, input: half },
            ],
            stopReason: 'tool_use',
          })
        : openAiEvents({
            output: [
              {
                type: 'message',
                id: 'm',
                role: 'assistant',
                content: [{ type: 'output_text', text: 'a \ud800' }],
              },
              { type: 'function_call', id: 'fc_1', call_id: 'call_1', name, arguments: half },
            ],
          });
    const server = await serve([streamReply(sseText(call)), streamReply(answerText(protocol))]);
    const run = testRun(testAgent(provide(server)), ['go']);
    run.start();
    const { conversations } = await run.ended();
    expect(conversations[0]).toMatchObject({ status: 'done', answer: 'The answer is 20.' });
    const posts = server.requests.filter(({ method }) => method === 'POST');
    expect(posts).toHaveLength(2);
    for (const { body } of posts) expect(illFormed(JSON.parse(body))).toEqual([]);
  });
});
