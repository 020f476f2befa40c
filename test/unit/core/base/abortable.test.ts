import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { abortable } from '../../../../src/core/base/abortable.ts';

describe('abortable', () => {
  it.each([
    ['resolves', () => Promise.resolve(1), { status: 'fulfilled', value: 1 }],
    [
      'rejects',
      () => Promise.reject(new Error('no')),
      { status: 'rejected', reason: new Error('no') },
    ],
  ])('settles like a promise that %s and leaves no listener', async (_, begin, outcome) => {
    const { signal } = new AbortController();
    expect(await Promise.allSettled([abortable<unknown>(begin(), signal)])).toEqual([outcome]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('rejects at once with the abort reason although the promise never settles', async () => {
    const controller = new AbortController();
    const waiting = abortable(new Promise(() => undefined), controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('rejects when the signal is already aborted', async () => {
    const signal = AbortSignal.abort(new Error('before'));
    await expect(abortable(Promise.resolve(1), signal)).rejects.toThrow('before');
  });

  it('leaves no unhandled rejection when the promise rejects after the abort', async () => {
    const controller = new AbortController();
    const { promise, reject } = Promise.withResolvers<never>();
    const waiting = abortable(promise, controller.signal);
    controller.abort(new Error('enough'));
    reject(new Error('late'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
