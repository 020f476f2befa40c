import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Filter, noFilter, togglePhases } from '../../../../media/state/viewState.ts';
import { matchesFilter, VisibleRows } from '../../../../media/state/visibleRows.ts';
import { finishedRun } from '../../../support/panel/scriptedRuns.ts';

const script = finishedRun();
const final = script.state().conversations;
const never = () => false;

function query(text: string): Filter {
  return { ...noFilter, query: text };
}

describe('VisibleRows', () => {
  it('shows all conversations in prompt order without a filter', () => {
    const rows = new VisibleRows().update(final, noFilter, never);
    expect(rows).toEqual(final.map((_, index) => index));
  });

  it('matches the filter, whatever happened before', () => {
    const filters = [noFilter, query('MODULE'), togglePhases(noFilter, ['failed'])];
    const step = fc.record({
      filter: fc.constantFrom(...filters),
      count: fc.nat({ max: script.events.length }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        const visible = new VisibleRows();
        for (const { filter, count } of steps) {
          const { conversations } = script.state(count);
          const expected = conversations.filter((one) => matchesFilter(one, filter));
          expect(visible.update(conversations, filter, never)).toEqual(
            expected.map(({ index }) => index),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['a name', 'dead CODE', 2],
    ['an answer', 'the answer is 20', 0],
    ['an error', 'gpt-9 is not', 2],
  ])('searches %s ignoring case', (_, text, index) => {
    expect(new VisibleRows().update(final, query(text), never)).toContain(index);
    expect(matchesFilter(final[index]!, query(text))).toBe(true);
  });

  it('returns the same array while nothing changes', () => {
    const visible = new VisibleRows();
    const rows = visible.update(final, noFilter, never);
    expect(visible.update([...final], noFilter, never)).toBe(rows);
  });

  it('keeps a row in use although it no longer matches, until the filter changes', () => {
    const visible = new VisibleRows();
    const running = togglePhases(noFilter, ['running']);
    const before = script.state(28).conversations;
    const index = before.findIndex(({ phase }) => phase === 'running');
    const keep = (one: number) => one === index;
    expect(visible.update(before, running, keep)).toContain(index);
    expect(visible.update(final, running, keep)).toEqual([index]);
    expect(visible.update(final, { ...running }, keep)).toEqual([]);
  });

  it('does not add a row in use that was never shown', () => {
    const failed = togglePhases(noFilter, ['failed']);
    const rows = new VisibleRows().update(final, failed, () => true);
    expect(rows).toEqual(final.filter(({ phase }) => phase === 'failed').map(({ index }) => index));
  });
});
