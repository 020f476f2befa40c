import { describe, expect, it } from 'vitest';
import { PromptCache } from '../../../bench/simulator/promptCache.ts';
import type { PromptPart, ReadRequest } from '../../../bench/simulator/readRequest.ts';

const minimum = 1024;

function requestOf(parts: readonly PromptPart[], cacheNamespace = 'one'): ReadRequest {
  return {
    model: 'm',
    conversation: 0,
    results: [],
    newCallIds: [],
    parts,
    cacheNamespace,
    prefix: '',
    echo: '',
  };
}

/** A part of so many tokens. */
function part(tokens: number, letter: string, breakpoint = false): PromptPart {
  return { text: letter.repeat(tokens * 4), mark: '', breakpoint };
}

describe('the cache with breakpoints', () => {
  const shared = part(2000, 's', true);

  it('reads what a published response wrote, up to the breakpoint, and nothing before that', () => {
    const cache = new PromptCache();
    const first = cache.useAtBreakpoints(requestOf([shared, part(10, 'a')]), minimum);
    expect(first).toMatchObject({ uncached: 10, read: 0, written: 2000 });
    const early = cache.useAtBreakpoints(requestOf([shared, part(20, 'b')]), minimum);
    expect(early).toMatchObject({ read: 0, written: 2000 });
    cache.publish(first.entries);
    const late = cache.useAtBreakpoints(requestOf([shared, part(20, 'b')]), minimum);
    expect(late).toMatchObject({ uncached: 20, read: 2000, written: 0 });
  });

  it('neither writes nor reads without a breakpoint or below the minimum', () => {
    const cache = new PromptCache();
    const bare = requestOf([part(2000, 's')]);
    expect(cache.useAtBreakpoints(bare, minimum)).toMatchObject({ uncached: 2000, entries: [] });
    const short = requestOf([part(1023, 's', true)]);
    expect(cache.useAtBreakpoints(short, minimum)).toMatchObject({ uncached: 1023, entries: [] });
  });

  it('misses when one character or one mark before the breakpoint is another', () => {
    const cache = new PromptCache();
    cache.publish(cache.useAtBreakpoints(requestOf([part(1, 'x'), shared]), minimum).entries);
    expect(cache.useAtBreakpoints(requestOf([part(1, 'y'), shared]), minimum).read).toBe(0);
    const marked = { ...part(1, 'x'), mark: 'another id' };
    expect(cache.useAtBreakpoints(requestOf([marked, shared]), minimum).read).toBe(0);
  });

  it('finds an entry from a breakpoint 19 blocks later, but not from 20', () => {
    const cache = new PromptCache();
    cache.publish(cache.useAtBreakpoints(requestOf([shared]), minimum).entries);
    const useAfter = (blocks: number) => {
      const rest = Array.from({ length: blocks }, (_, index) => part(1, 'r', index === blocks - 1));
      return cache.useAtBreakpoints(
        requestOf([{ ...shared, breakpoint: false }, ...rest]),
        minimum,
      );
    };
    expect(useAfter(19).read).toBe(2000);
    expect(useAfter(20).read).toBe(0);
  });
});

describe('the cache of longest prefixes', () => {
  it('reads in steps of 128 tokens, from the minimum on', () => {
    const cache = new PromptCache();
    const shared = part(1300, 's');
    const first = cache.useLongestPrefix(requestOf([shared, part(100, 'a')]), minimum);
    expect(first).toMatchObject({ read: 0, written: 1280, uncached: 120 });
    cache.publish(first.entries);
    const second = cache.useLongestPrefix(requestOf([shared, part(100, 'b')]), minimum);
    expect(second).toMatchObject({ read: 1280, uncached: 120 });
    const parted = cache.useLongestPrefix(requestOf([part(1100, 's'), part(300, 'c')]), minimum);
    expect(parted.read).toBe(1024);
  });

  it('leaves short prompts alone', () => {
    const cache = new PromptCache();
    const short = requestOf([part(1023, 's')]);
    cache.publish(cache.useLongestPrefix(short, minimum).entries);
    expect(cache.useLongestPrefix(short, minimum)).toMatchObject({ uncached: 1023, read: 0 });
  });

  it('shares nothing between two cache keys', () => {
    const cache = new PromptCache();
    const parts = [part(2000, 's')];
    cache.publish(cache.useLongestPrefix(requestOf(parts, 'one'), minimum).entries);
    expect(cache.useLongestPrefix(requestOf(parts, 'two'), minimum).read).toBe(0);
  });
});
