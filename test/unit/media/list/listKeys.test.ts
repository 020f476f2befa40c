import { describe, expect, it } from 'vitest';
import { type ListPlace, listCommand } from '../../../../media/list/listKeys.ts';

const place: ListPlace = { position: 10, rowCount: 100, page: 20, expanded: false };
const plain = { ctrlKey: false, metaKey: false, altKey: false };

describe('listCommand', () => {
  it.each([
    ['ArrowUp', 9],
    ['ArrowDown', 11],
    ['PageUp', 0],
    ['PageDown', 30],
    ['Home', 0],
    ['End', 99],
  ])('moves with %s to row %i', (key, to) => {
    expect(listCommand({ ...plain, key }, place)).toEqual({ type: 'move', to });
  });

  it('stops at the ends', () => {
    const last = { ...place, position: 99 };
    expect(listCommand({ ...plain, key: 'ArrowDown' }, last)).toEqual({ type: 'move', to: 99 });
    const first = { ...place, position: 0 };
    expect(listCommand({ ...plain, key: 'ArrowUp' }, first)).toEqual({ type: 'move', to: 0 });
  });

  it('opens to the right and closes to the left', () => {
    const open = { ...place, expanded: true };
    expect(listCommand({ ...plain, key: 'ArrowRight' }, place)).toEqual({ type: 'expand' });
    expect(listCommand({ ...plain, key: 'ArrowLeft' }, open)).toEqual({ type: 'collapse' });
    expect(listCommand({ ...plain, key: 'ArrowRight' }, open)).toBeUndefined();
    expect(listCommand({ ...plain, key: 'ArrowLeft' }, place)).toBeUndefined();
  });

  it.each([
    ['Enter', 'toggle'],
    [' ', 'toggle'],
    ['c', 'copy'],
    ['r', 'retry'],
  ])('takes %j for %s', (key, type) => {
    expect(listCommand({ ...plain, key }, place)).toEqual({ type });
  });

  it.each(['ctrlKey', 'metaKey', 'altKey'])('leaves keys with %s to VS Code', (modifier) => {
    for (const key of ['c', 'r', 'ArrowDown', 'Enter']) {
      expect(listCommand({ ...plain, [modifier]: true, key }, place)).toBeUndefined();
    }
  });
});
