import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isStoreMessage, RunStore } from '../../../media/state/runStore.ts';
import type { RunEvent, RunStarted } from '../../../src/shared/conversationEvents.ts';
import type { ToPanel } from '../../../src/shared/panelProtocol.ts';
import type { RunState } from '../../../src/shared/runState.ts';
import { applyRunEvent, startRunState } from '../../../src/shared/runState.ts';
import { PanelFeed } from '../../../src/views/panelFeed.ts';
import { record, testAgent, testRun } from '../../support/runs.ts';
import { promptOf, ScriptedProvider } from '../../support/scriptedProvider.ts';

/** The events of a whole run: 40 conversations with tools, one of which fails. */
async function eventsOfARun(): Promise<readonly RunEvent[]> {
  const provider = new ScriptedProvider((request, turn) => {
    const prompt = promptOf(request);
    if (prompt === 'p3') throw new Error('No luck.');
    if (turn === 3) return { text: `The answer to ${prompt}.` };
    const calls = [{ callId: `${turn}`, name: 'sum_numbers', input: { numbers: [turn, 1] } }];
    return { text: `thinking ${turn}`, calls };
  });
  const prompts = Array.from({ length: 40 }, (_, index) => `p${index}`);
  const run = testRun(testAgent(provider), prompts);
  const events = record(run);
  run.start();
  await run.ended();
  return events;
}

const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** A panel that can be destroyed and reopened, with a slow page. */
class Page {
  store = new RunStore();
  #feed: PanelFeed | undefined;
  readonly #state: RunState;
  readonly #slowMs: number;
  readonly postedAt: number[] = [];

  constructor(state: RunState, slowMs: number) {
    this.#state = state;
    this.#slowMs = slowMs;
  }

  accept(event: RunEvent): void {
    this.#feed?.accept(event);
  }

  open(): void {
    const feed = new PanelFeed(this.#state, (message) => this.#post(feed, copyOf(message)));
    this.#feed = feed;
    this.store = new RunStore();
    setTimeout(() => {
      if (this.#feed === feed) feed.ready();
    }, this.#slowMs);
  }

  destroy(): void {
    this.#feed?.dispose();
    this.#feed = undefined;
  }

  hide(): void {
    this.#feed?.hidden();
  }

  show(): void {
    this.store = new RunStore();
    this.#feed?.ready();
  }

  #post(feed: PanelFeed, message: ToPanel): void {
    const { store } = this;
    if (message.type === 'events') this.postedAt.push(performance.now());
    setTimeout(() => {
      // A destroyed page gets no messages.
      if (feed !== this.#feed || store !== this.store) return;
      if (!isStoreMessage(message)) return;
      const arrival = { localMs: performance.now(), wallMs: Date.now() };
      if (store.accept(message, arrival) === 'resync') this.show();
    }, this.#slowMs);
  }
}

/** A run as its page has it: without the plans. */
function onPage(run: RunState): unknown {
  return copyOf({ ...run, started: { ...run.started, conversations: [] } });
}

describe('F28: a view of a run that is destroyed and reopened', () => {
  let events: readonly RunEvent[] = [];
  beforeAll(async () => {
    events = await eventsOfARun();
  });
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Plays the run's events and calls a function on the view after each. */
  function play(
    slowMs: number,
    act: (page: Page, index: number) => void,
  ): Page & { run: RunState } {
    const run = startRunState(copyOf(events[0] as RunStarted));
    const page = new Page(run, slowMs);
    page.open();
    for (const [index, event] of events.slice(1).entries()) {
      applyRunEvent(run, event as Exclude<RunEvent, RunStarted>);
      page.accept(event);
      act(page, index);
    }
    vi.advanceTimersByTime(10_000);
    return Object.assign(page, { run });
  }

  it('has the same run in the end after being destroyed 100 times', () => {
    let destroyed = 0;
    const page = play(3, (view, index) => {
      if (index % 4 === 1 && destroyed < 100) {
        view.destroy();
        destroyed++;
      }
      vi.advanceTimersByTime(index % 7);
      if (index % 4 === 2) view.open();
    });
    expect(destroyed).toBe(100);
    expect(page.store.run).toEqual(onPage(page.run));
    page.destroy();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has the same run when its page is slow, hidden and shown at any time', () => {
    const actions = fc.array(fc.constantFrom('wait', 'destroy', 'open', 'hide', 'show', 'none'), {
      minLength: 5,
      maxLength: 60,
    });
    fc.assert(
      fc.property(actions, fc.nat(400), (todo, slowMs) => {
        const page = play(slowMs, (view, index) => {
          const action = todo[index % todo.length];
          if (action === 'wait') vi.advanceTimersByTime(37);
          else if (action === 'destroy') view.destroy();
          else if (action === 'open') {
            view.destroy();
            view.open();
          } else if (action === 'hide') view.hide();
          else if (action === 'show') view.show();
        });
        page.destroy();
        page.open();
        vi.advanceTimersByTime(10_000);
        expect(page.store.run).toEqual(onPage(page.run));
        page.destroy();
      }),
      { numRuns: 30 },
    );
  });

  it('gets at most one message per 50 ms, whatever happens', () => {
    const page = play(0, () => vi.advanceTimersByTime(1));
    const gaps = page.postedAt.slice(1).map((at, index) => at - page.postedAt[index]!);
    expect(gaps.length).toBeGreaterThan(2);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50);
    page.destroy();
  });
});

describe('F28: a conversation of 10,000 messages', () => {
  /** This many turns with a call each, as the host has them after they ended. */
  function longRun(turns: number): RunState {
    const run = testRun(testAgent(new ScriptedProvider(() => ({ text: 'x' }))), ['Go.']);
    const { state } = run;
    const step = (more: object): void => {
      const stamp = { seq: state.seq + 1, atMs: state.seq, conversation: 0 };
      applyRunEvent(state, { ...more, ...stamp } as never);
    };
    const usage = { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 };
    step({ type: 'conversation.started' });
    for (let turn = 1; turn <= turns; turn++) {
      const call = { callId: `c${turn}`, name: 'sum_numbers', input: { numbers: [turn] } };
      step({ type: 'turn.started', turn, attempt: 1 });
      step({ type: 'turn.finished', turn, text: 'x'.repeat(50), toolCalls: [call], usage });
      step({ type: 'tool.started', turn, ...call });
      step({ type: 'tool.finished', turn, ...call, output: 'y'.repeat(50), isError: false });
    }
    return state;
  }

  it('opens with one message that contains everything once, and continues from there', () => {
    const state = longRun(5_000);
    const posted: string[] = [];
    const feed = new PanelFeed(state, (message) => posted.push(JSON.stringify(message)));
    feed.ready();
    expect(posted).toHaveLength(1);
    // A few hundred bytes per turn and call: no part of the history is duplicated.
    expect(posted[0]!.length).toBeLessThan(5_000 * 800);
    const store = new RunStore();
    const arrival = { localMs: 0, wallMs: 0 };
    const snapshot = JSON.parse(posted[0]!) as Extract<ToPanel, { type: 'snapshot' }>;
    expect(store.accept(snapshot, arrival)).toBe('snapshot');
    expect(store.run!.conversations[0]!.turns).toHaveLength(5_000);
    const next = {
      type: 'turn.delta',
      turn: 5_001,
      text: 'z',
      seq: state.seq + 1,
      atMs: 1,
    } as const;
    const message = { type: 'events', events: [{ ...next, conversation: 0 }] } as const;
    expect(store.accept(message, arrival)).toBe('events');
    expect(store.run!.conversations[0]!.partial).toBe('z');
    feed.dispose();
  });
});
