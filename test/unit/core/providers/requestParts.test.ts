import { describe, expect, it } from 'vitest';
import { withBreakpoints } from '../../../../src/core/providers/anthropic/cacheBreakpoints.ts';
import {
  anthropicBody,
  anthropicEffort,
} from '../../../../src/core/providers/anthropic/request.ts';
import { UsageCount } from '../../../../src/core/providers/anthropic/usage.ts';
import type { ModelProfile } from '../../../../src/core/providers/models/profile.ts';
import {
  functionCall,
  isBlankMessage,
  isEmptyReasoning,
  isRefusal,
  messageText,
  toInputItem,
} from '../../../../src/core/providers/openai/outputItem.ts';
import { openAiBody } from '../../../../src/core/providers/openai/request.ts';
import { cacheMissOf, usageOf } from '../../../../src/core/providers/openai/usage.ts';
import type { ModelRequest } from '../../../../src/core/providers/provider.ts';
import { ToolCallIds } from '../../../../src/core/providers/turn/toolCallIds.ts';

const request: ModelRequest = {
  ...{ model: 'm', system: 'Be brief.', tools: [], maxOutputTokens: 100 },
  messages: [{ role: 'user', text: 'x' }],
};
const tool = { name: 't', description: 'd', inputSchema: { type: 'object' } } as const;
const profile = (more: Partial<ModelProfile> = {}): ModelProfile => ({
  ...{ refused: new Set(), isVendor: false },
  ...more,
});
const breakpoint = { cache_control: { type: 'ephemeral' } };

describe('the usage that the Messages API reports', () => {
  it('is the sum of several events, whose counts never decrease', () => {
    const count = new UsageCount();
    expect(count.total()).toMatchObject({ inputTokens: 0, outputTokens: 0, incomplete: true });
    count.add({ input_tokens: 10, cache_read_input_tokens: 3, cache_creation_input_tokens: 4 });
    expect(count.total()).toMatchObject({ inputTokens: 17, incomplete: true });
    count.add({ output_tokens: 5, input_tokens: 0, cache_read_input_tokens: 2 });
    expect(count.total()).toEqual({
      ...{ inputTokens: 17, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 4 },
    });
  });
});

describe('the usage that the Responses API reports', () => {
  it.each([
    [
      {
        input_tokens: 10,
        output_tokens: 5,
        input_tokens_details: { cached_tokens: 3, cache_write_tokens: 4 },
      },
      { inputTokens: 10, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 4 },
    ],
    [
      {
        input_tokens: 1,
        output_tokens: 5,
        input_tokens_details: { cached_tokens: 3, cache_write_tokens: 4 },
      },
      { inputTokens: 7, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 4 },
    ],
    [
      { input_tokens: 1 },
      {
        inputTokens: 1,
        outputTokens: 0,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        incomplete: true,
      },
    ],
    [
      { output_tokens: 1 },
      {
        inputTokens: 0,
        outputTokens: 1,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        incomplete: true,
      },
    ],
  ])('%j', (reported, usage) => {
    expect(usageOf(reported)).toEqual(usage);
  });

  it.each([
    [{ prompt_cache_diagnostics: { type: 'cache_miss', reason: 'r' } }, 'r'],
    [{ prompt_cache_diagnostics: [{ type: 'x' }, { type: 'cache_miss', reason: 'r' }] }, 'r'],
    [{ usage: { any: [{ type: 'cache_miss', reason: 'r' }] } }, 'r'],
    [{ prompt_cache_diagnostics: { type: 'cache_hit', reason: 'r' } }, undefined],
    [{}, undefined],
  ])('says why the cache was missed: %j', (response, reason) => {
    expect(cacheMissOf(response)).toBe(reason);
  });
});

describe('items of the Responses API', () => {
  it('are sent back without fields that only output has', () => {
    const part = { type: 'output_text', text: 'a', parsed: 1 };
    const message = { type: 'message', content: [part, 'odd'], created_by: 'x', id: 'i' };
    expect(toInputItem(message)).toEqual({
      ...{ type: 'message', id: 'i', content: [{ type: 'output_text', text: 'a' }, 'odd'] },
    });
    const other = { type: 'function_call', content: [part] };
    expect(toInputItem(other)).toBe(other);
  });

  const called = (item: object) =>
    functionCall({ type: 'function_call', name: 'n', ...item }, new ToolCallIds([]));

  it.each([
    [{ call_id: 'c', arguments: '{"a":1}' }, 'c', { a: 1 }, '{"a":1}'],
    [{ call_id: 'c', arguments: ' {"a": 1}' }, 'c', { a: 1 }, ' {"a": 1}'],
    [{ call_id: 'c', arguments: { a: 1 } }, 'c', { a: 1 }, '{"a":1}'],
    [{ call_id: 'c', arguments: '' }, 'c', {}, '{}'],
    [{ call_id: 'c', arguments: '{' }, 'c', '{', '{}'],
    [{ call_id: 'c', arguments: '{}', status: 'incomplete' }, 'c', '{}', '{}'],
    [{ call_id: 'c', arguments: { a: 1 }, status: 'incomplete' }, 'c', '{"a":1}', '{}'],
    [{ call_id: 'c', status: 'incomplete' }, 'c', '""', '{}'],
    [{ arguments: '{}' }, 'call_1', {}, '{}'],
  ])('of the call %j', (item, callId, input, sent) => {
    const { call, native } = called(item);
    expect(call).toMatchObject({ callId, name: 'n', input });
    expect(native).toMatchObject({ call_id: callId, arguments: sent });
  });

  it('lose their own id when that of their call was replaced', () => {
    expect(called({ id: 'i', call_id: 'c', arguments: '{}' }).native).toHaveProperty('id', 'i');
    expect(called({ id: 'i', call_id: 'a b', arguments: '{}' }).native).not.toHaveProperty('id');
  });

  it('have a text, which may be a refusal', () => {
    const content = [
      { type: 'output_text', text: 'a' },
      { type: 'refusal', refusal: 'b' },
      'odd',
      { type: 'x' },
    ];
    expect(messageText({ type: 'message', content })).toBe('ab');
    expect(messageText({ type: 'other', content })).toBe('');
    expect([isRefusal({ content }), isRefusal({ content: content.slice(0, 1) })]).toEqual([
      true,
      false,
    ]);
    expect(isBlankMessage({ type: 'message', content: [{ type: 'output_text', text: ' ' }] })).toBe(
      true,
    );
    expect(isBlankMessage({ type: 'message', content })).toBe(false);
    expect(isBlankMessage({ type: 'other' })).toBe(false);
  });

  it.each([
    [{ type: 'reasoning' }, true],
    [{ type: 'reasoning', encrypted_content: '' }, true],
    [{ type: 'reasoning', encrypted_content: 'x' }, false],
    [{ type: 'reasoning', content: [1] }, false],
    [{ type: 'message' }, false],
  ])('are empty reasoning or not: %j', (item, isEmpty) => {
    expect(isEmptyReasoning(item)).toBe(isEmpty);
  });
});

describe('the body of a request to the Responses API', () => {
  const head = (more: Partial<ModelRequest> = {}, known: Partial<ModelProfile> = {}) =>
    openAiBody.buildHead({ ...request, ...more }, profile(known));

  it('has what is set, and nothing else', () => {
    expect(head()).toEqual({
      ...{ model: 'm', stream: true, store: false, max_output_tokens: 100 },
      ...{ stream_options: { include_obfuscation: false }, instructions: 'Be brief.' },
    });
    expect(head({ system: ' ' })).not.toHaveProperty('instructions');
    expect(head({ maxOutputTokens: 15 }).max_output_tokens).toBe(16);
    expect(head({ tools: [tool] }).tools).toEqual([
      {
        type: 'function',
        name: 't',
        description: 'd',
        parameters: { type: 'object' },
        strict: false,
      },
    ]);
  });

  const encrypted = ['reasoning.encrypted_content'];

  it.each<[Partial<ModelRequest>, Partial<ModelProfile>, unknown, unknown]>([
    [{ effort: 'none' }, {}, { effort: 'none' }, undefined],
    [{ effort: 'low' }, {}, { effort: 'low', summary: 'auto' }, encrypted],
    [{}, { info: { id: 'm', efforts: ['low'] } }, { summary: 'auto' }, encrypted],
    [{}, { info: { id: 'm', efforts: [] } }, undefined, undefined],
    [{ effort: 'low' }, { refused: new Set(['reasoning.summary']) }, { effort: 'low' }, encrypted],
    [
      { effort: 'low' },
      { refused: new Set(['include']) },
      { effort: 'low', summary: 'auto' },
      undefined,
    ],
  ])('%j with %j: the reasoning is %j', (more, known, reasoning, include) => {
    const built = head(more, known);
    expect([built.reasoning, built.include]).toEqual([reasoning, include]);
  });

  it('names the key of its prefix unless the server refuses that', () => {
    const prefix = { key: 'k', tokens: 1 };
    expect(head({ prefix }).prompt_cache_key).toBe('k');
    expect(head({ prefix }, { refused: new Set(['prompt_cache_key']) })).not.toHaveProperty(
      'prompt_cache_key',
    );
  });

  const answered = {
    role: 'assistant',
    text: 'a',
    toolCalls: [],
    native: [],
    responseId: 'r',
  } as const;
  const tail = (more: Partial<ModelRequest>, known: Partial<ModelProfile> = {}) =>
    openAiBody.buildTail({ ...request, ...more }, profile(known));

  it.each<[Partial<ModelRequest>, Partial<ModelProfile>, object]>([
    [{ toolChoice: 'none', tools: [tool] }, {}, { tool_choice: 'none' }],
    [{ toolChoice: 'none' }, {}, {}],
    [{ tools: [tool] }, {}, {}],
    [{ toolChoice: 'none', tools: [tool] }, { refused: new Set(['tool_choice']) }, {}],
    [
      { messages: [answered] },
      { isVendor: true },
      { prompt_cache_options: { comparison_response_id: 'r' } },
    ],
    [{ messages: [answered] }, {}, {}],
    [{}, { isVendor: true }, {}],
    [{ messages: [answered] }, { isVendor: true, refused: new Set(['prompt_cache_options']) }, {}],
  ])('ends with what may change: %#', (more, known, expected) => {
    expect(tail(more, known)).toEqual(expected);
  });
});

describe('the body of a request to the Messages API', () => {
  const head = (more: Partial<ModelRequest> = {}, known: Partial<ModelProfile> = {}) =>
    anthropicBody.buildHead({ ...request, ...more }, profile(known));
  const system = (more: object = {}) => [{ type: 'text', text: 'Be brief.', ...more }];

  it('has what is set, and nothing else', () => {
    expect(head()).toEqual({
      model: 'm',
      max_tokens: 100,
      stream: true,
      system: system(breakpoint),
    });
    expect(head({ effort: 'low' }).output_config).toEqual({ effort: 'low' });
    expect(head({ effort: 'none' })).not.toHaveProperty('output_config');
  });

  it.each([
    [511, {}],
    [512, breakpoint],
  ])('marks a prefix of %i tokens for the cache, or not', (count, mark) => {
    const prefix = { key: 'k', tokens: count };
    expect(head({ prefix }).system).toEqual(system(mark));
    const plain = { name: 't', description: 'd', input_schema: { type: 'object' } };
    expect(head({ prefix, tools: [tool, tool] }).tools).toEqual([plain, plain]);
    // Without a system prompt, the last tool ends it.
    const bare = head({ prefix, tools: [tool, tool], system: ' ' });
    expect(bare.tools).toEqual([plain, { ...plain, ...mark }]);
    expect(bare).not.toHaveProperty('system');
  });

  const adaptive = { type: 'adaptive', display: 'summarized' };

  it.each<[Partial<ModelRequest>, readonly string[] | undefined, readonly string[], unknown]>([
    [{}, undefined, [], undefined],
    [{}, ['adaptive', 'disabled'], [], undefined],
    [{}, ['adaptive'], [], adaptive],
    [{ effort: 'low' }, ['adaptive', 'disabled'], [], adaptive],
    [{ effort: 'low' }, ['enabled'], [], undefined],
    [{ effort: 'low' }, ['adaptive'], ['thinking.adaptive.display'], { type: 'adaptive' }],
    [{ effort: 'none' }, ['adaptive', 'disabled'], [], { type: 'disabled' }],
    [{ effort: 'none' }, ['adaptive'], [], undefined],
  ])('%j with the modes %j and without %j: thinking is %j', (more, modes, refused, thinking) => {
    const info = modes === undefined ? undefined : { id: 'm', thinking: modes as never };
    expect(head(more, { info, refused: new Set(refused) }).thinking).toEqual(thinking);
  });

  it.each<[Partial<ModelRequest>, readonly string[] | undefined, object]>([
    [{ effort: 'none' }, ['disabled'], { effort: 'none' }],
    [
      { effort: 'none' },
      ['adaptive'],
      { note: 'm has no reasoning effort "none": its own default is used.' },
    ],
    [
      { effort: 'minimal' },
      ['disabled'],
      { note: 'm has no reasoning effort "minimal": its own default is used.' },
    ],
    [{ effort: 'low' }, undefined, { effort: 'low' }],
    [{}, undefined, {}],
  ])('%j with the modes %j: the effort is %j', (more, modes, expected) => {
    const info = modes === undefined ? undefined : { id: 'm', thinking: modes as never };
    expect(anthropicEffort({ ...request, ...more }, info)).toEqual(expected);
  });

  it('ends with what may change', () => {
    const tail = (more: Partial<ModelRequest>, known: Partial<ModelProfile> = {}) =>
      anthropicBody.buildTail({ ...request, ...more }, profile(known));
    expect(tail({ toolChoice: 'none', tools: [tool] })).toEqual({ tool_choice: { type: 'none' } });
    expect(tail({ toolChoice: 'none' })).toEqual({});
    expect(tail({}, { isVendor: true })).toEqual({ diagnostics: { previous_message_id: null } });
    expect(tail({}, { isVendor: true, refused: new Set(['diagnostics']) })).toEqual({});
  });
});

describe('breakpoints of the prompt cache', () => {
  const message = (role: 'user' | 'assistant', length = 1) => ({
    ...{
      role,
      content: [
        { type: 'text', text: 'y' },
        { type: 'text', text: 'x'.repeat(length) },
      ],
    },
  });
  const marked = (messages: readonly ReturnType<typeof message>[], hasTools: boolean) =>
    withBreakpoints(messages, hasTools).flatMap(({ content }, index) =>
      'cache_control' in (content.at(-1) as object) ? [index] : [],
    );

  it.each([
    [[3_998], true, []],
    [[3_999], true, [0]],
    [[3_999], false, []],
    [[1, 1], true, [2]],
    [[3_999, 1], true, [0, 2]],
    [[3_999, 1, 1], true, [0, 2, 4]],
    [[3_999, 1, 1], false, [2, 4]],
    [[1, 1, 1, 1], true, [4, 6]],
  ])('of prompts of %j units (tools: %s) are at %j', (lengths, hasTools, places) => {
    const messages = lengths.flatMap((length, index) =>
      index === 0 ? [message('user', length)] : [message('assistant'), message('user', length)],
    );
    expect(marked(messages, hasTools)).toEqual(places);
  });

  it('leave messages without blocks alone', () => {
    expect(withBreakpoints([], true)).toEqual([]);
    const odd = [
      { role: 'user', content: [] },
      { role: 'user', content: ['x'] },
    ] as const;
    expect(withBreakpoints(odd, true)).toEqual(odd);
  });
});
