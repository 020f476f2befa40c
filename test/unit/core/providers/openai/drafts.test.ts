import { describe, expect, it } from 'vitest';
import { OpenAiAssembler } from '../../../../../src/core/providers/openai/assembler.ts';
import { OutputDrafts } from '../../../../../src/core/providers/openai/outputDrafts.ts';
import type { JsonObject } from '../../../../../src/shared/json.ts';

const text = (items: readonly JsonObject[]) =>
  items.map(({ content }) => (content as readonly { text: string }[]).map((part) => part.text));

describe('items of a response, of which pieces come in any order', () => {
  it('are told apart by their ids where there is no index', () => {
    const drafts = new OutputDrafts();
    for (const id of ['a', 'b']) drafts.add({ item: { type: 'message', id } });
    drafts.addText({ item_id: 'a', delta: '1' }, 'text');
    drafts.addText({ item_id: 'b', delta: '2' }, 'text');
    drafts.addText({ item_id: 'a', delta: '3' }, 'text');
    expect(text(drafts.merged([], false))).toEqual([['13'], ['2']]);
  });

  it('are told apart by their index where there is no id', () => {
    const drafts = new OutputDrafts();
    drafts.addText({ output_index: 0, delta: '1' }, 'text');
    drafts.addText({ output_index: 1, delta: '2' }, 'text');
    drafts.addText({ output_index: 0, delta: '3' }, 'text');
    expect(text(drafts.merged([], false))).toEqual([['13'], ['2']]);
  });

  it('have their parts in order', () => {
    const drafts = new OutputDrafts();
    drafts.addText({ content_index: 1, delta: 'b' }, 'text');
    drafts.addText({ content_index: 0, delta: 'a' }, 'refusal');
    expect(drafts.merged([], true)).toEqual([
      {
        ...{ type: 'message', role: 'assistant', status: 'incomplete' },
        content: [
          { type: 'refusal', refusal: 'a' },
          { type: 'output_text', text: 'b', annotations: [] },
        ],
      },
    ]);
  });

  it('give a text that came as a whole once', () => {
    const drafts = new OutputDrafts();
    expect(drafts.addText({ delta: 'a' }, 'text')).toBe('a');
    expect(drafts.endText({ text: 'a' }, 'text')).toBe('');
    expect(drafts.endText({ content_index: 1, text: 'b' }, 'text')).toBe('b');
    const item = { type: 'message', content: [{ type: 'output_text', text: 'ab' }] };
    expect(drafts.end({ item })).toBe('');
    expect(new OutputDrafts().end({ item })).toBe('ab');
  });

  it('have arguments as text or as an object, the complete ones first', () => {
    const call = { type: 'function_call', call_id: 'c', name: 'n', arguments: '' };
    const argumentsOf = (feed: (drafts: OutputDrafts) => void) => {
      const drafts = new OutputDrafts();
      drafts.add({ item: call });
      feed(drafts);
      return drafts.merged([], false)[0]?.arguments;
    };
    expect(argumentsOf((drafts) => drafts.addArguments({ delta: { a: 1 } }))).toBe('{"a":1}');
    expect(argumentsOf((drafts) => drafts.addArguments({ delta: '{"a"' }))).toBe('{"a"');
    expect(
      argumentsOf((drafts) => {
        drafts.addArguments({ delta: '{"a":1}' });
        drafts.endArguments({ arguments: '{"a":2}' });
      }),
    ).toBe('{"a":2}');
    expect(argumentsOf(() => undefined)).toBe('');
  });

  it('are finished when each of them is', () => {
    const drafts = new OutputDrafts();
    expect(drafts.areFinished).toBe(false);
    drafts.addText({ output_index: 0, delta: 'a' }, 'text');
    expect(drafts.areFinished).toBe(false);
    drafts.endText({ output_index: 0, text: 'a' }, 'text');
    expect(drafts.areFinished).toBe(true);
    drafts.addArguments({ output_index: 1, delta: '{' });
    expect(drafts.areFinished).toBe(false);
    drafts.endArguments({ output_index: 1, arguments: '{}' });
    expect(drafts.areFinished).toBe(true);
    drafts.add({ output_index: 2, item: { type: 'message' } });
    expect(drafts.areFinished).toBe(false);
    drafts.end({ output_index: 2, item: { type: 'message' } });
    expect(drafts.areFinished).toBe(true);
  });

  it('of the last event come first, and are filled in from earlier ones', () => {
    const drafts = new OutputDrafts();
    drafts.addText({ output_index: 0, delta: 'a' }, 'text');
    drafts.add({
      output_index: 1,
      item: { type: 'function_call', id: 'f', call_id: 'c', name: 'n' },
    });
    drafts.addArguments({ output_index: 1, delta: '{"a":1}' });
    const output = [
      { type: 'message', content: [] },
      { type: 'function_call', call_id: 'c' },
    ];
    expect(drafts.merged(output, false)).toEqual([
      { type: 'message', content: [{ type: 'output_text', text: 'a', annotations: [] }] },
      { type: 'function_call', call_id: 'c', name: 'n', arguments: '{"a":1}' },
    ]);
    // The last event has only some of them.
    expect(drafts.merged([output[1]!], false)).toMatchObject([
      { type: 'message', content: [{ text: 'a' }] },
      { type: 'function_call', call_id: 'c', arguments: '{"a":1}' },
    ]);
  });
});

describe('items of the last event', () => {
  const message = (id?: string) => ({
    type: 'message',
    content: [],
    ...(id === undefined ? {} : { id }),
  });
  const withTexts = (...ids: readonly (string | undefined)[]) => {
    const drafts = new OutputDrafts();
    for (const [output_index, id] of ids.entries()) {
      drafts.add({ output_index, item: message(id) });
      drafts.addText({ output_index, delta: `text ${output_index}` }, 'text');
    }
    return drafts;
  };

  it.each([
    [
      ['a', 'b'],
      ['b', 'a'],
      [['text 1'], ['text 0']],
    ],
    [
      ['a', 'b'],
      ['a', 'b'],
      [['text 0'], ['text 1']],
    ],
    // Without ids, or with ids that are not known, the place decides.
    [
      [undefined, undefined],
      [undefined, undefined],
      [['text 0'], ['text 1']],
    ],
    [
      ['a', 'b'],
      ['x', 'y'],
      [['text 0'], ['text 1']],
    ],
    // Ids may repeat.
    [
      ['a', 'a'],
      ['a', 'a'],
      [['text 0'], ['text 1']],
    ],
  ])('with drafts of the ids %j and the ids %j: %j', (ids, last, texts) => {
    expect(text(withTexts(...ids).merged(last.map(message), false))).toEqual(texts);
  });

  it('of another kind are not filled in from a draft', () => {
    const call = { type: 'function_call', id: 'a', call_id: 'c', name: 'n', arguments: '{}' };
    expect(withTexts('a').merged([call], false)).toEqual([call]);
  });
});

describe('the events of a response', () => {
  const context = { host: 'api.test', apiKey: undefined, model: 'm' };
  const assembler = new OpenAiAssembler({ messages: [], context, observer: {} });

  it.each([
    ...['output_text.delta', 'output_text.done', 'refusal.delta', 'refusal.done'],
    ...['reasoning_summary_text.delta', 'reasoning_text.delta', 'output_item.added'],
    ...['function_call_arguments.delta', 'function_call_arguments.done', 'output_item.done'],
    ...['completed', 'done', 'incomplete', 'failed'],
  ])('response.%s is read', (name) => {
    expect(assembler.reads(`response.${name}`)).toBe(true);
  });

  it.each(['created', 'in_progress', 'content_part.added', 'odd'])('response.%s is not', (name) => {
    expect(assembler.reads(`response.${name}`)).toBe(false);
  });

  it.each(['', 'message', 'error', 'odd'])('another one (%j) may be an error', (name) => {
    expect(assembler.reads(name)).toBe(true);
  });
});
