import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defaultRow,
  freshView,
  noFilter,
  restoreView,
  saveView,
  togglePhases,
  withRow,
} from '../../../../media/state/viewState.ts';

const atTop = { conversation: 0, aboveTop: 0 };

describe('the saved view', () => {
  it('survives JSON', () => {
    const filter = { phases: new Set(['failed', 'stopped'] as const), query: 'pool' };
    let view = { ...freshView('r'), filter, current: 7 };
    view = { ...withRow(view, 3, { tab: 'tools', source: false }), filter, current: 7 };
    view = { ...withRow(view, 9, { tab: 'answer', source: true }), filter, current: 7 };
    const saved: unknown = JSON.parse(
      JSON.stringify(saveView(view, { conversation: 42, aboveTop: 7.4 })),
    );
    expect(restoreView(saved, 'r')).toEqual({
      view,
      top: { conversation: 42, aboveTop: 7 },
    });
  });

  it('is ignored for another run', () => {
    expect(restoreView(saveView(freshView('r'), atTop), 'other')).toBeUndefined();
  });

  it('stays small: the rows opened first are dropped', () => {
    let view = freshView('r');
    for (let index = 0; index < 500; index++) view = withRow(view, index, defaultRow);
    const saved = saveView(view, atTop);
    expect(saved.open).toHaveLength(100);
    expect(saved.open.at(-1)?.[0]).toBe(499);
    expect(JSON.stringify(saved).length).toBeLessThan(5000);
  });

  it('is restored from anything without an error', () => {
    const saved = fc.record(
      {
        runId: fc.constant('r'),
        phases: fc.anything(),
        query: fc.anything(),
        open: fc.oneof(fc.anything(), fc.array(fc.anything())),
        current: fc.anything(),
        top: fc.anything(),
        aboveTop: fc.anything(),
        twoLines: fc.anything(),
      },
      { requiredKeys: ['runId'] },
    );
    fc.assert(
      fc.property(fc.oneof(saved, fc.anything()), (value) => {
        const restored = restoreView(value, 'r');
        expect(restored?.top.conversation ?? 0).toBeGreaterThanOrEqual(0);
        expect(restored?.top.aboveTop ?? 0).toBeGreaterThanOrEqual(0);
        expect(typeof (restored?.view.filter.query ?? '')).toBe('string');
      }),
    );
  });
});

describe('togglePhases', () => {
  it('turns phases on, then off again', () => {
    const on = togglePhases(noFilter, ['failed']);
    expect([...on.phases]).toEqual(['failed']);
    expect([...togglePhases(on, ['failed']).phases]).toEqual([]);
    expect([...noFilter.phases]).toEqual([]);
  });
});
