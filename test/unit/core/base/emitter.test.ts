import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/core/base/emitter.ts';

describe('an emitter', () => {
  it('calls listeners in subscription order', () => {
    const emitter = new Emitter<string>();
    const heard: string[] = [];
    emitter.event((value) => heard.push(`first ${value}`));
    emitter.event((value) => heard.push(`second ${value}`));
    emitter.fire('a');
    expect(heard).toEqual(['first a', 'second a']);
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
    const heard: string[] = [];
    emitter.event(() => {
      throw new Error('no');
    });
    emitter.event((value) => heard.push(value));
    emitter.fire('a');
    expect(heard).toEqual(['a']);
    expect(errors).toEqual([new Error('no')]);
  });

  it('ends one of two subscriptions of a function; disposing twice is harmless', () => {
    const emitter = new Emitter<string>();
    const heard: string[] = [];
    const listener = (value: string): void => void heard.push(value);
    const one = emitter.event(listener);
    emitter.event(listener);
    one.dispose();
    one.dispose();
    emitter.fire('a');
    expect(heard).toEqual(['a']);
  });

  it('calls no listener that unsubscribes while a value is fired, and none after disposal', () => {
    const emitter = new Emitter<string>();
    const heard: string[] = [];
    emitter.event(() => second.dispose());
    const second = emitter.event((value) => heard.push(value));
    emitter.fire('a');
    emitter.event((value) => heard.push(`late ${value}`));
    emitter.dispose();
    emitter.fire('b');
    expect(heard).toEqual([]);
  });
});
