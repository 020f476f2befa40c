import { describe, expect, it } from 'vitest';
import { WorkSlices } from '../../../../src/core/base/workSlices.ts';
import { ConversationPool } from '../../../../src/core/runner/conversationPool.ts';
import { settled } from '../../../support/settled.ts';

/** A pool whose conversations run until they are told to end. */
function harness(atOnce: number) {
  const running = new Map<number, { end: () => void; signal: AbortSignal }>();
  const heard: string[] = [];
  const pool: ConversationPool = new ConversationPool({
    atOnce,
    run: (index, signal) =>
      new Promise((resolve) => {
        heard.push(`run ${index}`);
        running.set(index, { signal, end: () => resolve('done') });
      }),
    onEnded: (index, status) => heard.push(`${status} ${index}`),
    onIdle: () => heard.push('idle'),
    slices: new WorkSlices(),
  });
  const end = async (index: number) => {
    running.get(index)!.end();
    await settled();
  };
  return { pool, running, heard, end };
}

describe('a pool of conversations', () => {
  it('starts them in prompt order, so many at once, and says when all have ended', async () => {
    const { pool, heard, end } = harness(2);
    pool.add([0, 1, 2]);
    expect(heard).toEqual([]);
    pool.pump();
    expect(heard).toEqual(['run 0', 'run 1']);
    expect(pool.indices).toEqual([2, 0, 1]);
    await end(1);
    expect(heard.splice(0)).toEqual(['run 0', 'run 1', 'done 1', 'run 2']);
    expect([0, 1, 2].map((index) => pool.has(index))).toEqual([true, false, true]);
    await end(0);
    expect(heard).toEqual(['done 0']);
    await end(2);
    expect(heard).toEqual(['done 0', 'done 2', 'idle']);
  });

  it('starts nothing while it is held, also when that fails', () => {
    const { pool, heard } = harness(2);
    pool.add([0]);
    const act = () => {
      pool.pump();
      throw new Error('failed');
    };
    expect(() => pool.hold(act)).toThrow('failed');
    expect(heard).toEqual([]);
    pool.pump();
    expect(heard).toEqual(['run 0']);
  });

  it('aborts what runs, and takes what is queued out of the queue', () => {
    const { pool, running } = harness(1);
    pool.add([0, 1]);
    pool.pump();
    expect(pool.cancel(1)).toBe(true);
    expect(pool.cancel(1)).toBe(false);
    expect(running.get(0)!.signal.aborted).toBe(false);
    const reason = new Error('enough');
    expect(pool.cancel(0, reason)).toBe(false);
    expect(running.get(0)!.signal.reason).toBe(reason);
  });

  it('runs one again that is about to end', async () => {
    const { pool, running, heard, end } = harness(2);
    pool.add([0]);
    pool.pump();
    const endFirst = running.get(0)!.end;
    pool.add([0]);
    pool.pump();
    endFirst();
    await settled();
    expect(heard).toEqual(['run 0', 'run 0', 'done 0']);
    expect(pool.has(0)).toBe(true);
    await end(0);
    expect(heard.slice(3)).toEqual(['done 0', 'idle']);
  });

  it('can be aborted as a whole', async () => {
    const { pool, running, heard, end } = harness(1);
    pool.add([0, 1]);
    pool.pump();
    pool.abort();
    expect(running.get(0)!.signal.aborted).toBe(true);
    expect(pool.indices).toEqual([0]);
    await end(0);
    expect(heard).toEqual(['run 0', 'done 0', 'idle']);
  });

  it('is idle when there is nothing to run', () => {
    const { pool, heard } = harness(1);
    pool.pump();
    expect(heard).toEqual(['idle']);
  });
});
