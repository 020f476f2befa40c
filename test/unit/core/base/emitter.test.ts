import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/core/base/emitter.ts';

describe('an emitter', () => {
  it('calls listeners in subscription order', () => {
    const emitter = new Emitter<string>();
    const received: string[] = [];
    emitter.event((value) => received.push(`first ${value}`));
    emitter.event((value) => received.push(`second ${value}`));
    emitter.fire('a');
    expect(received).toEqual(['first a', 'second a']);
  });

  it('delivers nested events to every listener in the order of firing', () => {
    const emitter = new Emitter<number>();
    const first: number[] = [];
    const last: number[] = [];
    emitter.event((value) => {
      first.push(value);
      if (value === 1) emitter.fire(2);
    });
    emitter.event((value) => last.push(value));
    emitter.fire(1);
    expect(first).toEqual([1, 2]);
    expect(last).toEqual([1, 2]);
  });

  it('continues after a listener throws, and reports the error', () => {
    const errors: unknown[] = [];
    const emitter = new Emitter<string>((error) => errors.push(error));
    const received: string[] = [];
    emitter.event(() => {
      throw new Error('no');
    });
    emitter.event((value) => received.push(value));
    emitter.fire('a');
    expect(received).toEqual(['a']);
    expect(errors).toEqual([new Error('no')]);
  });

  it('ends one of two subscriptions of a function; disposing twice is harmless', () => {
    const emitter = new Emitter<string>();
    const received: string[] = [];
    const listener = (value: string): void => void received.push(value);
    const one = emitter.event(listener);
    emitter.event(listener);
    one.dispose();
    one.dispose();
    emitter.fire('a');
    expect(received).toEqual(['a']);
  });

  it('calls no listener that unsubscribes while a value is fired, and none after disposal', () => {
    const emitter = new Emitter<string>();
    const received: string[] = [];
    emitter.event(() => second.dispose());
    const second = emitter.event((value) => received.push(value));
    emitter.fire('a');
    emitter.event((value) => received.push(`late ${value}`));
    emitter.dispose();
    emitter.fire('b');
    expect(received).toEqual([]);
  });
});
