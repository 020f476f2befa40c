import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/core/base/emitter.ts';

describe('an emitter', () => {
  it('calls listeners in the order in which they subscribed', () => {
    const emitter = new Emitter<string>();
    const heard: string[] = [];
    emitter.event((value) => heard.push(`first ${value}`));
    emitter.event((value) => heard.push(`second ${value}`));
    emitter.fire('a');
    expect(heard).toEqual(['first a', 'second a']);
  });

  it('gives every listener the values in the order of firing, though a listener fires', () => {
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

  it('goes on after a listener that throws, and reports what it threw', () => {
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

  it('ends one subscription of a function that has two, and may be told so twice', () => {
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

  it('calls nobody who leaves while a value is fired, nor anyone after its end', () => {
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
