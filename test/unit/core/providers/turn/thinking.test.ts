import { describe, expect, it } from 'vitest';
import { anthropicEvents } from '../../../../support/loopback/anthropicScript.ts';
import { type EventData, sseText, streamReply } from '../../../../support/loopback/replies.ts';
import { noAbort, smallRequest, testedProtocol } from '../protocols.ts';
import { turnHarness } from '../turnHarness.ts';

describe.each(['anthropic', 'openai'] as const)('a model that thinks (%s)', (name) => {
  const protocol = testedProtocol(name);
  const { serve, provide } = turnHarness(protocol);

  const thoughts: Record<typeof name, readonly EventData[]> = {
    anthropic: anthropicEvents({
      content: [
        { type: 'thinking', thinking: 'Let me see.', signature: 'a' },
        { type: 'thinking', thinking: '', signature: 'b' },
        { type: 'thinking', thinking: 'I will add.', signature: 'c' },
        { type: 'text', text: 'It is 20.' },
      ],
      stopReason: 'end_turn',
    }),
    openai: [
      { type: 'response.reasoning_summary_text.delta', summary_index: 0, delta: 'Let me ' },
      { type: 'response.reasoning_summary_text.delta', summary_index: 0, delta: 'see.' },
      { type: 'response.reasoning_summary_text.delta', summary_index: 1, delta: '' },
      { type: 'response.reasoning_summary_text.delta', summary_index: 2, delta: 'I will add.' },
      ...protocol.answer('It is 20.'),
    ],
  };

  it('reports thinking apart from its answer, one paragraph per part', async () => {
    const server = await serve([streamReply(sseText(thoughts[name]))]);
    let thinking = '';
    let text = '';
    const observer = {
      onThinking: (delta: string) => {
        thinking += delta;
      },
      onText: (delta: string) => {
        text += delta;
      },
    };
    const turn = await provide(server).turn(smallRequest, observer, noAbort());
    expect(thinking).toBe('Let me see.\n\nI will add.');
    expect(text).toBe('It is 20.');
    expect(turn.message.text).toBe('It is 20.');
  });
});

describe('the reasoning of servers compatible with the Responses API', () => {
  const { serve, provide } = turnHarness(testedProtocol('openai'));

  it('is reported unchanged', async () => {
    const delta = { type: 'response.reasoning_text.delta', content_index: 0, delta: 'Hm.' };
    const events = [delta, ...testedProtocol('openai').answer('20')];
    const server = await serve([streamReply(sseText(events))]);
    const thinkingPieces: string[] = [];
    const observer = { onThinking: (text: string) => void thinkingPieces.push(text) };
    await provide(server).turn(smallRequest, observer, noAbort());
    expect(thinkingPieces).toEqual(['Hm.']);
  });
});
