import type { RunListing } from '../../src/core/journal/runs/runArchive.ts';
import { noCounts } from '../../src/shared/runState.ts';

/** A kept run as a list knows it: two conversations, both done, in an earlier window. */
export function listing(id: string, what: Partial<RunListing> = {}): RunListing {
  return {
    id,
    state: 'finished',
    title: 'math.prompts.md',
    startedAt: new Date(2026, 10, 20, 14, 2).toISOString(),
    total: 2,
    counts: { ...noCounts, done: 2 },
    provider: 'demo',
    model: 'demo-model',
    simulated: false,
    number: 3,
    open: async () => undefined,
    ...what,
  };
}
