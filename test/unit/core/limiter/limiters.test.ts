import { describe, expect, it } from 'vitest';
import { Limiters } from '../../../../src/core/limiter/limiters.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { echoProvider } from '../../../support/scriptedProvider.ts';

describe('the limiters of a process', () => {
  it('are one for each provider and model', () => {
    const limiters = new Limiters(new ManualClock());
    const [here, there] = [echoProvider(), echoProvider()];
    const small = limiters.for(here, 'small');
    expect(limiters.for(here, 'small')).toBe(small);
    const others = [limiters.for(here, 'large'), limiters.for(there, 'small')];
    expect(new Set([small, ...others]).size).toBe(3);
    expect(limiters.for(here, 'small')).toBe(small);
  });

  it.each([
    [true, 4],
    [false, 32],
  ])('start with few requests at a local server (%s): %i', async (isLocal, inFlight) => {
    const clock = new ManualClock();
    const provider = Object.assign(echoProvider(), { isLocal });
    const slots = new Limiters(clock).for(provider, 'small').slots('auto');
    let granted = 0;
    const policy = {
      started: true,
      isFirstOfAgent: false,
      again: false,
      maxRefusals: 8,
      whenBlocked: 'pause',
    } as const;
    for (let count = 0; count < 40; count++) {
      const request = { ...policy, onWait: () => undefined };
      void slots.acquire(request, new AbortController().signal).then(() => granted++);
    }
    await clock.advance(0);
    expect(granted).toBe(inFlight);
  });
});
