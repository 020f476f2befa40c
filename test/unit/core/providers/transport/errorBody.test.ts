import { describe, expect, it } from 'vitest';
import {
  errorMessageIn,
  errorObjectOf,
  isErrorBody,
} from '../../../../../src/core/providers/transport/errorBody.ts';

describe('the message in the body of an error', () => {
  it.each<[unknown, string | undefined]>([
    ['plain', 'plain'],
    ['  ', undefined],
    [{ message: 'm' }, 'm'],
    [{ error: 'm' }, 'm'],
    [{ error: { message: 'm' }, message: 'outer' }, 'm'],
    [{ errors: [{ message: 'a' }, { msg: 'b' }] }, 'a; b'],
    [{ errors: ['a', 'b', 'c', 'd'] }, 'a; b; c'],
    [{ errors: [], detail: 'd' }, 'd'],
    [[{ error: { message: 'm' } }], 'm'],
    [{ title: 't', detail: 'd' }, 'd'],
    [{ reason: 'r', error_description: 'e' }, 'e'],
    [{ detail: [{ loc: ['body', 'input', 0], msg: 'bad' }] }, 'body.input.0: bad'],
    [{ detail: [{ loc: [{}], msg: 'bad' }] }, 'bad'],
    [{ error: { message: 'm', metadata: { raw: 'upstream' } } }, 'm: upstream'],
    [{ error: { message: 'm', metadata: { raw: '{"error":{"message":"up"}}' } } }, 'm: up'],
    [{ error: { message: 'm', metadata: { raw: { message: 'up' } } } }, 'm: up'],
    [{ error: { message: 'all of up', metadata: { raw: 'up' } } }, 'all of up'],
    [{ error: { metadata: { raw: 'up' } } }, 'up'],
    [{ code: 5 }, undefined],
    [null, undefined],
    [[], undefined],
  ])('%j: %j', (body, message) => {
    expect(errorMessageIn(body)).toBe(message);
  });

  it('is not looked for without end', () => {
    const nested = (levels: number): unknown =>
      levels === 0 ? 'deep' : { error: nested(levels - 1) };
    expect(errorMessageIn(nested(7))).toBe('deep');
    expect(errorMessageIn(nested(8))).toBeUndefined();
    expect(errorMessageIn({ message: nested(6) })).toBe('deep');
    expect(errorMessageIn({ message: nested(7) })).toBeUndefined();
  });
});

describe('the object of an error', () => {
  it.each<[unknown, unknown]>([
    [{ error: { type: 't' } }, { type: 't' }],
    [{ errors: [{ type: 't' }] }, { type: 't' }],
    [[{ error: { type: 't' } }], { type: 't' }],
    [
      { type: 't', error: 'x' },
      { type: 't', error: 'x' },
    ],
    [[], {}],
    ['x', {}],
  ])('%j: %j', (body, object) => {
    expect(errorObjectOf(body)).toEqual(object);
  });
});

describe('JSON has the form of an error', () => {
  it.each([{ error: {} }, { error: 'x' }, { errors: [1] }, [{ error: 'x' }, { errors: ['y'] }]])(
    '%j',
    (body) => {
      expect(isErrorBody(body)).toBe(true);
    },
  );

  it.each([
    { error: '' },
    { error: null },
    { errors: [] },
    { errors: 'x' },
    { message: 'm' },
    [],
    [{ error: 'x' }, {}],
    'error',
    null,
  ])('or not: %j', (body) => {
    expect(isErrorBody(body)).toBe(false);
  });
});
