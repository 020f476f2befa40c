import { describe, expect, it } from 'vitest';
import {
  countField,
  isJsonObject,
  type JsonObject,
  listField,
  objectField,
  parseJson,
  textField,
} from '../../../src/shared/json.ts';

const object: JsonObject = { text: '', list: [1], object: { a: 1 }, none: null, count: 0 };

describe('a field of JSON from outside', () => {
  it('is taken only when it has the type asked for', () => {
    const names = [...Object.keys(object), 'missing'];
    expect(names.filter((name) => textField(object, name) !== undefined)).toEqual(['text']);
    expect(names.filter((name) => listField(object, name).length > 0)).toEqual(['list']);
    expect(names.filter((name) => 'a' in objectField(object, name))).toEqual(['object']);
    expect(names.filter((name) => countField(object, name) !== undefined)).toEqual(['count']);
    expect(listField(object, 'text')).toEqual([]);
    expect(objectField(object, 'list')).toEqual({});
  });

  it.each([
    [0, 0],
    [7, 7],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [2 ** 53, undefined],
    [-1, undefined],
    [1.5, undefined],
    [Number.NaN, undefined],
    ['7', undefined],
    [null, undefined],
  ])('%j is the count %j', (value, count) => {
    expect(countField({ value }, 'value')).toBe(count);
  });

  it('is read from text that is JSON', () => {
    expect(parseJson('{"a":1}')).toEqual({ a: 1 });
    expect(parseJson('{')).toBeUndefined();
    expect([{}, [], null, 'x', 1].map(isJsonObject)).toEqual([true, false, false, false, false]);
  });
});
