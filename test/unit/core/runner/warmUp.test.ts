import { describe, expect, it } from 'vitest';
import type { RequestSlots, Slot, SlotRequest } from '../../../../src/core/agent/requestSlots.ts';
import { notRefused } from '../../../../src/core/agent/requestSlots.ts';
import { WarmUp, WarmUps } from '../../../../src/core/runner/warmUp.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { settled } from '../../../support/settled.ts';

const open: RequestSlots = {
  acquire: async (): Promise<Slot> => ({
    onHead: () => undefined,
    onBegin: () => undefined,
    release: () => notRefused,
  }),
};

function harness(inner: RequestSlots = open) {
  const clock = new ManualClock();
  const prepared: number[] = [];
  const requestSlots = new WarmUp(clock, (count) => prepared.push(count)).slots(inner);
  const slots = new Map<string, Slot>();
  const waits: string[] = [];
  const ask = (
    name: string,
    { isFirstOfAgent = true, signal = new AbortController().signal } = {},
  ) => {
    const onWait = (reason: string, forMs?: number) =>
      waits.push(`${name} ${reason}${forMs === undefined ? '' : ` ${forMs}`}`);
    requestSlots
      .acquire(
        {
          ...{ started: false, isFirstOfAgent, again: false },
          ...{ maxRefusals: 8, onWait, whenBlocked: 'pause' },
        },
        signal,
      )
      .then((slot) => slots.set(name, slot))
      .catch(() => waits.push(`${name} aborted`));
  };
  return { ask, slots, waits, clock, prepared };
}

describe('the warm-up of a shared prefix', () => {
  it('lets one go ahead and the others follow when its response has begun', async () => {
    const { ask, slots, waits } = harness();
    for (const name of ['a', 'b', 'c']) ask(name);
    await settled();
    expect([...slots.keys()]).toEqual(['a']);
    expect(waits).toEqual(['b warm_up', 'c warm_up']);
    slots.get('a')!.onBegin();
    await settled();
    expect([...slots.keys()]).toEqual(['a', 'b', 'c']);
  });

  it('has the connections opened for those who will follow, while the leader is waited for', async () => {
    const { ask, slots, clock, prepared } = harness();
    for (const name of ['a', 'b', 'c']) ask(name);
    await settled();
    await clock.advance(0);
    expect(prepared).toEqual([2]);
    slots.get('a')!.onBegin();
    await settled();
    await clock.advance(100);
    expect(prepared).toEqual([2]);
  });

  it('has none opened where nobody follows', async () => {
    const { ask, clock, prepared } = harness();
    ask('a');
    await settled();
    await clock.advance(100);
    expect(prepared).toEqual([]);
  });

  it('says of everyone that they are held back while the leader is', async () => {
    let hold: SlotRequest['onWait'] | undefined;
    let admit: (() => void) | undefined;
    const { ask, waits } = harness({
      acquire: async (request, signal) => {
        hold = request.onWait;
        await new Promise<void>((resolve) => {
          admit = resolve;
        });
        return open.acquire(request, signal);
      },
    });
    for (const name of ['a', 'b', 'c']) ask(name);
    await settled();
    waits.length = 0;
    hold?.('blocked');
    expect(waits).toEqual(['a blocked', 'b blocked', 'c blocked']);
    admit?.();
    await settled();
    expect(waits.slice(3)).toEqual(['b warm_up', 'c warm_up']);
  });

  it('says what the leader waits for, and how long, to those who come later, too', async () => {
    const held: { say?: SlotRequest['onWait']; admit?: () => void } = {};
    const { ask, waits, clock } = harness({
      acquire: async (request, signal) => {
        held.say = request.onWait;
        await new Promise<void>((resolve) => {
          held.admit = resolve;
        });
        return open.acquire(request, signal);
      },
    });
    ask('a');
    ask('b');
    await settled();
    held.say?.('slot');
    expect(waits).toEqual(['b warm_up', 'a slot']);
    held.say?.('rate_limit', 12_000);
    expect(waits.slice(2)).toEqual(['a rate_limit 12000', 'b rate_limit 12000']);
    await clock.advance(2_000);
    ask('c');
    await settled();
    expect(waits.at(-1)).toBe('c rate_limit 10000');
    held.admit?.();
    await settled();
    expect(waits.slice(5)).toEqual(['b warm_up', 'c warm_up']);
  });

  it('holds nobody back any more when the leader has ended', async () => {
    const { ask, slots, waits } = harness();
    ask('a');
    await settled();
    slots.get('a')!.onBegin();
    slots.get('a')!.release({});
    for (const name of ['b', 'c']) ask(name);
    await settled();
    expect([...slots.keys()]).toEqual(['a', 'b', 'c']);
    expect(waits).toEqual([]);
  });

  it('makes the next one lead when the leader fails before that', async () => {
    const { ask, slots } = harness();
    for (const name of ['a', 'b', 'c']) ask(name);
    await settled();
    slots.get('a')!.release({});
    await settled();
    expect([...slots.keys()]).toEqual(['a', 'b']);
    slots.get('b')!.onBegin();
    await settled();
    expect(slots.has('c')).toBe(true);
  });

  it('never holds a request that continues a history', async () => {
    const { ask, slots } = harness();
    ask('a');
    ask('b', { isFirstOfAgent: false });
    await settled();
    expect([...slots.keys()].sort()).toEqual(['a', 'b']);
  });

  it('does not hold anyone back for a server that says nothing', async () => {
    const { ask, slots, clock } = harness();
    ask('a');
    ask('b');
    await clock.advance(9_000);
    expect(slots.has('b')).toBe(false);
    await clock.advance(1_000);
    expect(slots.has('b')).toBe(true);
  });

  it('lets a follower be cancelled, and one that leads next', async () => {
    const { ask, slots, waits } = harness();
    const controller = new AbortController();
    ask('a');
    ask('b', { signal: controller.signal });
    ask('c');
    await settled();
    controller.abort();
    slots.get('a')!.release({});
    await settled();
    expect(waits).toContain('b aborted');
    expect([...slots.keys()]).toEqual(['a', 'c']);
  });
});

describe('the warm-ups of a run', () => {
  const clock = new ManualClock();
  const provider = {} as never;
  const answering = (key: string, tokens = 100_000) => ({
    ...{ provider, spec: { model: 'm' } as never, prefix: { tokens, key } },
  });
  const warmUps = (mode: 'concurrent' | 'serial', warmUpCache = true) =>
    new WarmUps({ agent: { mode, concurrency: 'auto' } as never, warmUpCache }, clock);

  it('are none in serial mode, where they are off, and for a prefix that no cache holds', () => {
    expect(warmUps('serial').slots(answering('a'), open)).toBe(open);
    expect(warmUps('concurrent', false).slots(answering('a'), open)).toBe(open);
    expect(warmUps('concurrent').slots(answering('a', 10), open)).toBe(open);
    expect(warmUps('concurrent').slots(answering('a'), open)).not.toBe(open);
  });

  it('are one for each prefix', async () => {
    const all = warmUps('concurrent');
    const got: string[] = [];
    for (const [name, key] of [
      ['one', 'a'],
      ['two', 'a'],
      ['other', 'b'],
    ] as const) {
      const request = {
        ...{ started: false, isFirstOfAgent: true, again: false, maxRefusals: 8 },
        ...{ onWait: () => undefined, whenBlocked: 'pause' as const },
      };
      const slots = all.slots(answering(key), open);
      void slots.acquire(request, new AbortController().signal).then(() => got.push(name));
    }
    await settled();
    expect(got).toEqual(['one', 'other']);
  });
});
