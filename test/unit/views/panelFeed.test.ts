import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isStoreMessage, RunStore } from '../../../media/state/runStore.ts';
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

/** The run as the page has it. */
function onPage({ state }: SteppedRun): unknown {
  const started = { ...state.started, conversations: [] };
  return JSON.parse(JSON.stringify({ ...state, started }));
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
    expect(posted).toEqual([{ type: 'snapshot', run: onPage(run) }]);
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
          if (!isStoreMessage(copy)) return;
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
        expect(store.run).toEqual(onPage(run));
        feed.dispose();
      }),
    );
  });
});

/** A feed of a large run whose page folds what it gets. Posting a conversation takes half a millisecond. */
function largeFeed() {
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const run = new SteppedRun(Array.from({ length: 300 }, (_, index) => `${index}`));
  const store = new RunStore();
  const posted: { readonly type: ToPanel['type']; readonly count: number }[] = [];
  const feed = new PanelFeed(run.state, (message) => {
    const copy = JSON.parse(JSON.stringify(message)) as ToPanel;
    const count =
      copy.type === 'part'
        ? copy.conversations.length
        : copy.type === 'snapshot'
          ? copy.run.conversations.length
          : 0;
    nowMs += count / 2;
    posted.push({ type: copy.type, count });
    if (isStoreMessage(copy)) store.accept(copy, arrival);
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const untilShown = async (): Promise<void> => {
    while (store.run === undefined) await turn();
  };
  return { run, store, posted, feed, turn, untilShown };
}

describe('The snapshot of a large run', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('is sent in parts that take a bounded time, over many turns of the event loop', async () => {
    const { run, store, posted, feed, untilShown } = largeFeed();
    feed.ready();
    expect(posted).toEqual([{ type: 'part', count: 32 }]);
    await untilShown();
    expect(posted.slice(1).every(({ count }) => count <= 4)).toBe(true);
    expect(store.run).toEqual(onPage(run));
    feed.dispose();
  });

  it('contains what happens while it is sent, once', async () => {
    const { run, store, posted, feed, turn, untilShown } = largeFeed();
    feed.ready();
    for (let index = 0; index < 20; index++) {
      feed.accept(run.step(index, steps.started));
      feed.accept(run.step(299 - index, steps.started));
      await turn();
    }
    await untilShown();
    expect(posted.every(({ type }) => type !== 'events')).toBe(true);
    expect(store.run).toEqual(onPage(run));
    feed.accept(run.step(0, steps.delta));
    expect(feed.answer({ type: 'answer', id: 1, ok: true })).toBe(true);
    expect(store.run).toEqual(onPage(run));
    feed.dispose();
  });

  it('is sent to its end although every conversation changes all the time', async () => {
    const { run, store, feed, turn } = largeFeed();
    feed.ready();
    for (let turns = 0; store.run === undefined && turns < 1000; turns++) {
      for (let index = 0; index < 300; index++) feed.accept(run.step(index, steps.delta));
      await turn();
    }
    expect(store.run).toBeDefined();
    feed.dispose();
  });

  it('comes before the answers and the reveal that were asked for meanwhile', async () => {
    const { posted, feed, untilShown } = largeFeed();
    feed.ready();
    feed.reveal(200);
    expect(feed.answer({ type: 'answer', id: 1, ok: true })).toBe(true);
    await untilShown();
    expect(posted.slice(-3).map(({ type }) => type)).toEqual(['snapshot', 'answer', 'reveal']);
    feed.dispose();
  });

  it('ends when the panel is hidden, and begins anew when it is shown', async () => {
    const { run, store, posted, feed, turn, untilShown } = largeFeed();
    feed.ready();
    feed.hidden();
    const { length } = posted;
    for (let count = 0; count < 50; count++) await turn();
    expect(posted).toHaveLength(length);
    run.step(0, steps.started);
    feed.ready();
    await untilShown();
    expect(store.run).toEqual(onPage(run));
    feed.dispose();
  });
});
