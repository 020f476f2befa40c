import { existsSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheFolder, withCacheLock } from '../../../scripts/vscode/cache.ts';

describe('The cache folder', () => {
  it('comes from the environment, INTERLEAVE_CACHE first', () => {
    expect(cacheFolder({ INTERLEAVE_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe(path.resolve('/a'));
    expect(cacheFolder({ XDG_CACHE_HOME: '/b' })).toBe(path.join('/b', 'interleave'));
    expect(cacheFolder({})).toMatch(/\.cache[\\/]interleave$/);
  });
});

describe('The lock of the cache folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'interleave-cache-test-'));
    vi.stubEnv('INTERLEAVE_CACHE', folder);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  it('admits one process at a time and is released afterwards, also after an error', async () => {
    let inside = 0;
    let maxActive = 0;
    const work = async (): Promise<void> => {
      inside++;
      maxActive = Math.max(maxActive, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      throw new Error('no luck');
    };
    const all = [1, 2, 3].map(() => withCacheLock('x', 30_000, work));
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(Array(3).fill('rejected'));
    expect(maxActive).toBe(1);
    expect(existsSync(path.join(folder, 'x.lock'))).toBe(false);
  });

  it('is taken over from a process that died', async () => {
    const lock = path.join(folder, 'x.lock');
    await writeFile(lock, '');
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(lock, longAgo, longAgo);
    await expect(withCacheLock('x', 30_000, async () => 'done')).resolves.toBe('done');
  });

  it('is not taken from a live process: the timeout is an error that names it', async () => {
    const lock = path.join(folder, 'x.lock');
    await writeFile(lock, '');
    await expect(withCacheLock('x', 0, async () => 'done')).rejects.toThrow(lock);
  });
});
