import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunStore } from '../../../../media/state/runStore.ts';
import type { LaterEvent, RunScript } from '../../../support/panel/runScript.ts';
import { finishedRun } from '../../../support/panel/scriptedRuns.ts';

const arrival = { localMs: 0, wallMs: 0 };

function snapshotOf(script: RunScript, count: number) {
  return { type: 'snapshot', run: script.state(count) } as const;
}

function eventsOf(events: readonly LaterEvent[]) {
  return { type: 'events', events } as const;
}

describe('RunStore', () => {
  it('reaches the same state from any snapshot and any overlapping batches', () => {
    const script = finishedRun();
    const { events } = script;
    const position = fc.nat({ max: events.length });
    fc.assert(
      fc.property(position, fc.array(position), position, (taken, cuts, overlap) => {
        const store = new RunStore();
        store.accept(snapshotOf(script, taken), arrival);
        const from = Math.max(0, taken - overlap);
        const bounds = [from, ...cuts.filter((cut) => cut > from).sort((a, b) => a - b)];
        for (const [at, start] of bounds.entries()) {
          store.accept(eventsOf(events.slice(start, bounds[at + 1] ?? events.length)), arrival);
        }
        expect(store.run).toEqual(script.state());
      }),
    );
  });

  it('asks for a snapshot when an event is missing, and ignores events until it arrives', () => {
    const script = finishedRun();
    const store = new RunStore();
    store.accept(snapshotOf(script, 3), arrival);
    expect(store.accept(eventsOf(script.events.slice(4, 6)), arrival)).toBe('resync');
    expect(store.accept(eventsOf(script.events.slice(3, 6)), arrival)).toBe('nothing');
    expect(store.run?.seq).toBe(3);
    expect(store.accept(snapshotOf(script, 6), arrival)).toBe('snapshot');
    expect(store.accept(eventsOf(script.events.slice(6, 7)), arrival)).toBe('events');
  });

  it('asks again when the snapshot does not arrive', () => {
    const script = finishedRun();
    const store = new RunStore();
    store.accept(snapshotOf(script, 3), arrival);
    const later = eventsOf(script.events.slice(5));
    expect(store.accept(later, { localMs: 100, wallMs: 0 })).toBe('resync');
    expect(store.accept(later, { localMs: 900, wallMs: 0 })).toBe('nothing');
    expect(store.accept(later, { localMs: 1100, wallMs: 0 })).toBe('resync');
  });

  it('skips events before the first snapshot, and those that it contains', () => {
    const script = finishedRun();
    const store = new RunStore();
    expect(store.accept(eventsOf(script.events), arrival)).toBe('nothing');
    expect(store.run).toBeUndefined();
    store.accept(snapshotOf(script, 5), arrival);
    expect(store.accept(eventsOf(script.events.slice(0, 5)), arrival)).toBe('nothing');
    expect(store.run).toEqual(script.state(5));
  });

  it('counts time between events, from the start of a running run', () => {
    const script = finishedRun();
    const startMs = Date.parse(script.started.startedAt);
    const store = new RunStore();
    store.accept(snapshotOf(script, 2), { localMs: 50, wallMs: startMs + 9000 });
    expect(store.nowMs(250)).toBe(9200);
    store.accept(eventsOf(script.events.slice(2, 3)), { localMs: 300, wallMs: startMs });
    expect(store.nowMs(400)).toBe((script.events[2]?.atMs ?? 0) + 100);
  });

  it('never goes back before the last event, whatever the wall clock says', () => {
    const script = finishedRun();
    const store = new RunStore();
    store.accept(snapshotOf(script, 30), { localMs: 0, wallMs: 0 });
    expect(store.nowMs(0)).toBe(script.state(30).atMs);
  });

  it('stops counting when the run has ended', () => {
    const script = finishedRun();
    const store = new RunStore();
    store.accept(snapshotOf(script, script.events.length), arrival);
    expect(store.nowMs(1_000_000)).toBe(script.state().atMs);
  });
});
