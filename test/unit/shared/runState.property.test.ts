import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runResultSchema } from '../../../src/core/export/resultSchema.ts';
import { isConversationEvent } from '../../../src/shared/conversationEvents.ts';
import { ownTimeMs } from '../../../src/shared/conversationState.ts';
import { costOf } from '../../../src/shared/cost.ts';
import { toRunResult } from '../../../src/shared/runResult.ts';
import {
  applyRunEvent,
  compareRun,
  type RunState,
  startRunState,
} from '../../../src/shared/runState.ts';
import { addUsage, noUsage } from '../../../src/shared/usage.ts';
import { runHistories } from './runHistories.ts';

describe('the fold of a run, for random histories', () => {
  it('is tested with every kind of event many times', () => {
    const seen = new Map<string, number>();
    for (const { events } of fc.sample(runHistories, { numRuns: 100, seed: 1 })) {
      for (const { type } of events) seen.set(type, (seen.get(type) ?? 0) + 1);
    }
    const types = ['requeued', 'started', 'waiting', 'finished'].map((it) => `conversation.${it}`);
    types.push('turn.started', 'turn.delta', 'turn.discarded', 'turn.finished');
    types.push('tool.started', 'tool.finished', 'run.finished', 'run.reopened');
    for (const type of types) expect(seen.get(type) ?? 0, type).toBeGreaterThan(20);
  });

  it('keeps phases, counts, usage and times correct', () => {
    fc.assert(
      fc.property(runHistories, ({ started, events, expected }) => {
        const run = startRunState(started);
        for (const [position, event] of events.entries()) {
          applyRunEvent(run, event);
          const now = expected[position]!;
          expect(run.conversations.map(({ phase }) => phase)).toEqual(now.phases);
          expectCountsToFit(run);
          expect(run.usage.inputTokens).toBe(now.inputTokens);
          expect(run.usage).toEqual(
            run.conversations.map(({ usage }) => usage).reduce(addUsage, noUsage),
          );
          expectCostToFit(run);
          const { wallMs, conversationMs } = compareRun(run);
          const ownMs = run.conversations.map((one) => ownTimeMs(one, run.atMs));
          expect(ownMs).toEqual(now.ownMs);
          // What model and tools took is a part of it.
          expect(conversationMs).toBeLessThanOrEqual(ownMs.reduce((sum, ms) => sum + ms, 0));
          expect(wallMs).toBe(now.wallMs);
          expect(run.seq).toBe(position + 1);
        }
      }),
    );
  });

  it('does not mutate its input, and changes only the conversation of the event', () => {
    fc.assert(
      fc.property(runHistories, ({ started, events }) => {
        const run = startRunState(deepFrozen(structuredClone(started)));
        for (const event of events) {
          const before = run.conversations.map(deepFrozen);
          deepFrozen(run.counts);
          deepFrozen(run.usage);
          applyRunEvent(run, deepFrozen(structuredClone(event)));
          const own = isConversationEvent(event) ? event.conversation : undefined;
          for (const [index, state] of before.entries()) {
            if (index !== own) expect(run.conversations[index]).toBe(state);
          }
        }
      }),
    );
  });

  it('goes on from a copy of a state as from the state itself', () => {
    fc.assert(
      fc.property(runHistories, fc.nat(), ({ started, events }, cut) => {
        const run = startRunState(started);
        const half = cut % (events.length + 1);
        for (const event of events.slice(0, half)) applyRunEvent(run, event);
        const copy = structuredClone(run);
        for (const event of events.slice(half)) {
          applyRunEvent(run, event);
          applyRunEvent(copy, structuredClone(event));
        }
        expect(copy).toEqual(run);
      }),
    );
  });

  it('gives a result in the published format after every event', () => {
    fc.assert(
      fc.property(runHistories, ({ script }) => {
        const result = toRunResult(script.state());
        expect(runResultSchema.strict().parse(result)).toEqual(result);
        const { total, done, failed, stopped, cancelled } = result.counts;
        expect(done + failed + stopped + cancelled).toBe(total);
        for (const { startMs, endMs } of result.conversations) {
          expect(endMs).toBeGreaterThanOrEqual(startMs);
        }
        expect(result.savedPercent).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

function expectCountsToFit(run: RunState): void {
  for (const [phase, count] of Object.entries(run.counts)) {
    const there = run.conversations.filter((conversation) => conversation.phase === phase);
    expect(count, phase).toBe(there.length);
  }
}

function expectCostToFit({ costUsd, conversations }: RunState): void {
  for (const { cost, usage, price, attempts } of conversations) {
    if (price === undefined) expect(cost.costUsd).toBe(attempts === 0 ? 0 : null);
    else if (usage.incomplete) expect(cost.costUsd).toBeNull();
    else expect(cost.costUsd).toBeCloseTo(costOf(usage, price), 9);
  }
  const costs = conversations.map(({ cost }) => cost.costUsd);
  if (costs.includes(null)) expect(costUsd).toBeNull();
  else
    expect(costUsd).toBeCloseTo(
      costs.reduce((sum: number, cost) => sum + (cost ?? 0), 0),
      9,
    );
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFrozen(inner);
  }
  return value;
}
