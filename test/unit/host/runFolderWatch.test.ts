import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { RunFolderWatch } from '../../../src/host/runFolderWatch.ts';

afterEach(() => vi.useRealTimers());

const minuteMs = 60_000;

/** Number of listings within a minute, without change events. */
async function looksInAMinute(isBusy: boolean): Promise<number> {
  vi.useFakeTimers();
  const look = vi.fn(async () => isBusy);
  const watched = new RunFolderWatch('/nowhere', look);
  watched.start();
  await vi.advanceTimersByTimeAsync(minuteMs);
  watched.stop();
  return look.mock.calls.length;
}

describe('The folder of the saved runs', () => {
  it('is polled, more often while another window runs something', async () => {
    const [idle, busy] = [await looksInAMinute(false), await looksInAMinute(true)];
    expect(idle).toBeGreaterThan(1);
    expect(busy).toBeGreaterThan(idle);
    // But not continuously.
    expect(busy).toBeLessThan(minuteMs / 1000);
  });

  it('is listed once at a time, and not after stop', async () => {
    vi.useFakeTimers();
    let finish: (isBusy: boolean) => void = () => undefined;
    const look = vi.fn(
      () =>
        new Promise<boolean>((resolve) => {
          finish = resolve;
        }),
    );
    const watched = new RunFolderWatch('/nowhere', look);
    await vi.advanceTimersByTimeAsync(minuteMs);
    expect(look).not.toHaveBeenCalled();
    watched.start();
    await vi.advanceTimersByTimeAsync(minuteMs);
    watched.stop();
    watched.start();
    await vi.advanceTimersByTimeAsync(minuteMs);
    expect(look).toHaveBeenCalledTimes(1);
    finish(false);
    await vi.advanceTimersByTimeAsync(minuteMs);
    expect(look).toHaveBeenCalledTimes(2);
    watched.stop();
    finish(true);
    await vi.advanceTimersByTimeAsync(minuteMs);
    expect(look).toHaveBeenCalledTimes(2);
    // A new start lists again.
    watched.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(look).toHaveBeenCalledTimes(3);
    watched.stop();
  });

  it('is listed soon after a run is added or deleted', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'interleave-watch-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const look = vi.fn(async () => false);
    const watched = new RunFolderWatch(folder, look);
    onTestFinished(() => watched.stop());
    watched.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(look).toHaveBeenCalledTimes(1);
    // Once more, for a run that had no summary yet; then nothing for a while.
    await vi.advanceTimersByTimeAsync(3_000);
    expect(look).toHaveBeenCalledTimes(2);
    const soonMs = 1_000;
    await vi.advanceTimersByTimeAsync(soonMs);
    expect(look).toHaveBeenCalledTimes(2);
    const other = watch(folder);
    onTestFinished(() => other.close());
    const told = once(other, 'change');
    mkdirSync(path.join(folder, 'run'));
    await told;
    await vi.advanceTimersByTimeAsync(soonMs);
    expect(look).toHaveBeenCalledTimes(3);
  });
});
