import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RunStore } from '../../../media/state/runStore.ts';
import type { ToPanel } from '../../../src/shared/panelProtocol.ts';
import { PanelFeed } from '../../../src/views/panelFeed.ts';
import { SteppedRun, steps } from '../../support/viewRuns.ts';

const arrival = { localMs: 0, wallMs: 0 };

function feedOf(run: SteppedRun) {
  const posted: ToPanel[] = [];
  // A webview gets a JSON copy, made when the message is posted.
  const feed = new PanelFeed(run.state, (message) => {
    posted.push(JSON.parse(JSON.stringify(message)) as ToPanel);
  });
  return { feed, posted };
}

describe('PanelFeed', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('posts nothing before the panel is ready, then a snapshot', () => {
    const run = new SteppedRun(['a']);
    const { feed, posted } = feedOf(run);
    feed.accept(run.step(0, steps.started));
    vi.advanceTimersByTime(1000);
    expect(posted).toEqual([]);
    feed.ready();
    expect(posted).toEqual([{ type: 'snapshot', run: JSON.parse(JSON.stringify(run.state)) }]);
  });

  it('batches 50 ms of events in one message, in order and with every seq', () => {
    const run = new SteppedRun(['a', 'b']);
    const { feed, posted } = feedOf(run);
    feed.ready();
    feed.accept(run.step(0, steps.started));
    vi.advanceTimersByTime(1);
    for (let count = 0; count < 20; count++) feed.accept(run.step(1, steps.delta));
    vi.advanceTimersByTime(48);
    expect(posted.map(({ type }) => type)).toEqual(['snapshot', 'events']);
    vi.advanceTimersByTime(2);
    const batch = posted[2];
    expect(batch?.type === 'events' && batch.events.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 2),
    );
  });

  it('posts nothing while the panel is hidden', () => {
    const run = new SteppedRun(['a']);
    const { feed, posted } = feedOf(run);
    feed.ready();
    feed.accept(run.step(0, steps.started));
    feed.hidden();
    feed.accept(run.step(0, steps.turn));
    vi.advanceTimersByTime(1000);
    expect(posted).toHaveLength(1);
  });

  it('reveals a conversation after its data, even if it does not exist yet', () => {
    const run = new SteppedRun(['a', 'b']);
    const { feed, posted } = feedOf(run);
    feed.reveal(1);
    expect(posted).toEqual([]);
    feed.ready();
    feed.accept(run.step(1, steps.started));
    feed.reveal(0);
    feed.ready();
    expect(posted.map((message) => message.type)).toEqual([
      'snapshot',
      'reveal',
      'events',
      'reveal',
      'snapshot',
    ]);
  });

  it('answers after the events so far, and not while the panel is hidden', () => {
    const run = new SteppedRun(['a']);
    const { feed, posted } = feedOf(run);
    const answer = { type: 'answer', id: 1, ok: true } as const;
    feed.ready();
    feed.accept(run.step(0, steps.started));
    feed.accept(run.step(0, steps.turn));
    expect(feed.answer(answer)).toBe(true);
    expect(posted.map(({ type }) => type)).toEqual(['snapshot', 'events', 'answer']);
    feed.hidden();
    expect(feed.answer(answer)).toBe(false);
    expect(posted).toHaveLength(3);
  });

  it('posts nothing after disposal', () => {
    const run = new SteppedRun(['a']);
    const { feed, posted } = feedOf(run);
    feed.ready();
    feed.accept(run.step(0, steps.started));
    feed.dispose();
    vi.advanceTimersByTime(1000);
    expect(posted).toHaveLength(1);
  });

  it('gives the panel the same run as the host, however often it is hidden and shown', () => {
    const action = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('started', 'turn', 'delta', 'toolStarted', 'done') },
      { weight: 2, arbitrary: fc.constantFrom('hide', 'show', 'ready again') },
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 80 }) },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(action, fc.nat(2)), { maxLength: 120 }), (actions) => {
        const run = new SteppedRun(['a', 'b', 'c']);
        let store = new RunStore();
        let shown = false;
        const feed = new PanelFeed(run.state, (message) => {
          expect(shown).toBe(true);
          const copy = JSON.parse(JSON.stringify(message)) as ToPanel;
          if (copy.type !== 'snapshot' && copy.type !== 'events') return;
          expect(store.accept(copy, arrival)).not.toBe('resync');
        });
        const show = (): void => {
          shown = true;
          store = new RunStore();
          feed.ready();
        };
        for (const [what, conversation] of actions) {
          if (typeof what === 'number') vi.advanceTimersByTime(what);
          else if (what === 'ready again' && shown) feed.ready();
          else if (what === 'hide') {
            feed.hidden();
            shown = false;
          } else if (what === 'show') show();
          else if (what in steps) {
            feed.accept(run.step(conversation, steps[what as keyof typeof steps]));
          }
        }
        if (!shown) show();
        vi.advanceTimersByTime(100);
        expect(store.run).toEqual(JSON.parse(JSON.stringify(run.state)));
        feed.dispose();
      }),
    );
  });
});
