import { describe, expect, it } from 'vitest';
import {
  type CacheUse,
  cacheableInSteps,
  cacheableToBreakpoints,
  PromptCache,
} from '../../../bench/simulator/promptCache.ts';
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

function useToBreakpoints(cache: PromptCache, request: ReadRequest): CacheUse {
  return cache.use(cacheableToBreakpoints(request, minimum));
}

function useInSteps(cache: PromptCache, request: ReadRequest): CacheUse {
  return cache.use(cacheableInSteps(request, minimum));
}

/** A part with this many tokens. */
function part(tokens: number, letter: string, breakpoint = false): PromptPart {
  return { text: letter.repeat(tokens * 4), mark: '', breakpoint };
}

describe('the cache with breakpoints', () => {
  const shared = part(2000, 's', true);

  it('reads what a published response wrote, up to the breakpoint, and nothing before it is published', () => {
    const cache = new PromptCache();
    const first = useToBreakpoints(cache, requestOf([shared, part(10, 'a')]));
    expect(first).toMatchObject({ uncached: 10, read: 0, written: 2000 });
    const early = useToBreakpoints(cache, requestOf([shared, part(20, 'b')]));
    expect(early).toMatchObject({ read: 0, written: 2000 });
    cache.publish(first.entries);
    const late = useToBreakpoints(cache, requestOf([shared, part(20, 'b')]));
    expect(late).toMatchObject({ uncached: 20, read: 2000, written: 0 });
  });

  it('neither writes nor reads without a breakpoint or below the minimum', () => {
    const cache = new PromptCache();
    const bare = requestOf([part(2000, 's')]);
    expect(useToBreakpoints(cache, bare)).toMatchObject({ uncached: 2000, entries: [] });
    const short = requestOf([part(1023, 's', true)]);
    expect(useToBreakpoints(cache, short)).toMatchObject({ uncached: 1023, entries: [] });
  });

  it('misses when a character or mark before the breakpoint differs', () => {
    const cache = new PromptCache();
    cache.publish(useToBreakpoints(cache, requestOf([part(1, 'x'), shared])).entries);
    expect(useToBreakpoints(cache, requestOf([part(1, 'y'), shared])).read).toBe(0);
    const marked = { ...part(1, 'x'), mark: 'another id' };
    expect(useToBreakpoints(cache, requestOf([marked, shared])).read).toBe(0);
  });

  it('finds an entry from a breakpoint up to 19 blocks later, but not 20', () => {
    const cache = new PromptCache();
    cache.publish(useToBreakpoints(cache, requestOf([shared])).entries);
    const useAfter = (blocks: number) => {
      const rest = Array.from({ length: blocks }, (_, index) => part(1, 'r', index === blocks - 1));
      return useToBreakpoints(cache, requestOf([{ ...shared, breakpoint: false }, ...rest]));
    };
    expect(useAfter(19).read).toBe(2000);
    expect(useAfter(20).read).toBe(0);
  });
});

describe('the cache of longest prefixes', () => {
  it('reads in steps of 128 tokens, from the minimum on', () => {
    const cache = new PromptCache();
    const shared = part(1300, 's');
    const first = useInSteps(cache, requestOf([shared, part(100, 'a')]));
    expect(first).toMatchObject({ read: 0, written: 1280, uncached: 120 });
    cache.publish(first.entries);
    const second = useInSteps(cache, requestOf([shared, part(100, 'b')]));
    expect(second).toMatchObject({ read: 1280, uncached: 120 });
    const parted = useInSteps(cache, requestOf([part(1100, 's'), part(300, 'c')]));
    expect(parted.read).toBe(1024);
  });

  it('ignores short prompts', () => {
    const cache = new PromptCache();
    const short = requestOf([part(1023, 's')]);
    cache.publish(useInSteps(cache, short).entries);
    expect(useInSteps(cache, short)).toMatchObject({ uncached: 1023, read: 0 });
  });

  it('shares nothing between two cache keys', () => {
    const cache = new PromptCache();
    const parts = [part(2000, 's')];
    cache.publish(useInSteps(cache, requestOf(parts, 'one')).entries);
    expect(useInSteps(cache, requestOf(parts, 'two')).read).toBe(0);
  });
});
