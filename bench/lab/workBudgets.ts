import type { Protocol } from '../contenders/trial.ts';
import type { CountedWork } from './countedWork.ts';

/**
 * The most work that one conversation may take: four requests and six tool calls, with the journal
 * on. A test fails above it. Lower a budget when less work is done.
 */
export const workBudgets: { readonly [P in Protocol]: CountedWork } = {
  anthropic: {
    journalRecords: 27,
    journalWrites: 11,
    timers: 5,
    parses: 86,
    stringifies: 50,
    abortListeners: 12,
    allocatedKb: 760,
  },
  openai: {
    journalRecords: 27,
    journalWrites: 11,
    timers: 5,
    parses: 70,
    stringifies: 50,
    abortListeners: 12,
    allocatedKb: 830,
  },
};
