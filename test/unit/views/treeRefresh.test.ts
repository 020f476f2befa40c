import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

import { TreeRefresh } from '../../../src/views/treeRefresh.ts';

describe('Changes of a tree', () => {
  let refresh: TreeRefresh<string>;
  let told: (string[] | undefined)[];

  beforeEach(() => {
    vi.useFakeTimers();
    refresh = new TreeRefresh();
    told = [];
    refresh.onDidChangeTreeData((nodes) => told.push(nodes));
  });

  afterEach(() => {
    refresh.dispose();
    vi.useRealTimers();
  });

  const wait = () => vi.advanceTimersByTimeAsync(1_000);

  it('are not told before the first fetch, which has them', async () => {
    refresh.mark(undefined);
    refresh.setVisible(true);
    refresh.mark('a');
    await wait();
    expect(told).toEqual([]);
    refresh.fetching();
    await wait();
    expect(told).toEqual([]);
    refresh.mark('b');
    await wait();
    expect(told).toEqual([['b']]);
  });

  it('are not told during a fetch, and not lost', async () => {
    refresh.setVisible(true);
    refresh.fetching();
    await wait();
    refresh.mark(undefined);
    let end = (): void => undefined;
    const fetch = refresh.fetch(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    refresh.mark('after');
    await wait();
    expect(told).toEqual([]);
    end();
    await fetch;
    await vi.advanceTimersByTimeAsync(50);
    expect(told).toEqual([]);
    await wait();
    expect(told).toEqual([['after']]);
  });

  it('wait while the tree is hidden, and come together', async () => {
    refresh.fetching();
    refresh.mark('a');
    refresh.mark('b');
    await wait();
    expect(told).toEqual([]);
    refresh.setVisible(true);
    await wait();
    expect(told).toEqual([['a', 'b']]);
  });
});
