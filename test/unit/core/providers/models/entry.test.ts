import { describe, expect, it } from 'vitest';
import { readModelEntry } from '../../../../../src/core/providers/models/entry.ts';
import { fitRequest } from '../../../../../src/core/providers/models/fitRequest.ts';
import type { ModelRequest } from '../../../../../src/core/providers/provider.ts';

describe('an entry of a list of models', () => {
  it.each([
    [{ id: 'm' }, { id: 'm' }],
    [{ name: 'm' }, { id: 'm' }],
    [
      { id: 'm', display_name: 'Big M' },
      { id: 'm', name: 'Big M' },
    ],
    [
      { id: 'm', name: 'Big M' },
      { id: 'm', name: 'Big M' },
    ],
    [{ id: 'm', display_name: '' }, { id: 'm' }],
    [{ id: 'm', display_name: 'm' }, { id: 'm' }],
    [{ id: '' }, undefined],
    [{ id: 5 }, undefined],
    ['m', undefined],
    [null, undefined],
  ])('%j: %j', (entry, info) => {
    expect(readModelEntry(entry)).toEqual(info);
  });

  it.each([
    [{ max_input_tokens: 1, max_model_len: 2 }, 1],
    [{ max_input_tokens: 0, max_model_len: 2 }, 2],
    [{ max_context_length: 3 }, 3],
    [{ context_length: 4 }, 4],
    [{ context_length: -4 }, undefined],
    [{}, undefined],
  ])('%j: a context of %j tokens', (fields, contextTokens) => {
    expect(readModelEntry({ id: 'm', ...fields })?.contextTokens).toBe(contextTokens);
  });

  it.each([
    [5, 5],
    [0, undefined],
    ['5', undefined],
  ])('max_tokens %j: at most %j', (given, maxOutputTokens) => {
    expect(readModelEntry({ id: 'm', max_tokens: given })?.maxOutputTokens).toBe(maxOutputTokens);
  });

  it.each([
    [{ supported_parameters: ['tools'] }, true],
    [{ supported_parameters: ['x'] }, false],
    [{ supported_parameters: 'tools' }, undefined],
    [{ capabilities: ['tool_use'] }, true],
    [{ capabilities: ['tools'] }, true],
    [{ capabilities: ['x'] }, undefined],
    [{ capabilities: { tools: true } }, undefined],
  ])('%j: tools %j', (fields, toolCalling) => {
    expect(readModelEntry({ id: 'm', ...fields })?.toolCalling).toBe(toolCalling);
  });

  it.each([
    [{ effort: { low: { supported: true }, high: { supported: false } } }, { efforts: ['low'] }],
    [{ effort: { supported: false, low: { supported: true } } }, { efforts: [] }],
    [{ effort: true }, {}],
    [
      {
        thinking: {
          types: { adaptive: { supported: true }, enabled: { supported: 1 }, disabled: {} },
        },
      },
      { thinking: ['adaptive'] },
    ],
    [{ thinking: {} }, { thinking: [] }],
    [{ thinking: true }, {}],
  ])('%j: %j', (capabilities, info) => {
    expect(readModelEntry({ id: 'm', capabilities })).toEqual({ id: 'm', ...info });
  });
});

describe('a request that fits', () => {
  const request = { model: 'm', maxOutputTokens: 100 } as ModelRequest;
  const fitted = (more: object, profile: object = {}) =>
    fitRequest({ ...request, ...more }, profile, ({ effort }) =>
      effort === undefined ? {} : { effort: 'low', note: 'lower' },
    );

  it('is sent as it is', () => {
    expect(fitRequest(request, { learnedMaxOutput: 100 }, () => ({}))).toEqual({
      request,
      notes: [],
    });
    expect(fitRequest(request, {}, () => ({})).request).toBe(request);
  });

  it.each([
    [{}, { learnedMaxOutput: 99 }, 99],
    [{}, { info: { id: 'm', maxOutputTokens: 98 }, learnedMaxOutput: 99 }, 98],
    [{}, { info: { id: 'm', maxOutputTokens: 200 }, learnedMaxOutput: 99 }, 99],
  ])('has at most what the model answers with (%#)', (more, profile, max) => {
    expect(fitted(more, profile)).toEqual({
      request: { model: 'm', maxOutputTokens: max },
      notes: [`m answers with at most ${max} tokens: the limit of 100 is lowered to that.`],
    });
  });

  it('has an effort that the model has', () => {
    expect(fitted({ effort: 'high' })).toEqual({
      request: { ...request, effort: 'low' },
      notes: ['lower'],
    });
    expect(fitted({ effort: 'high' }, { learnedMaxOutput: 5 }).notes).toHaveLength(2);
  });
});
