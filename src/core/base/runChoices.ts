import { providerIds } from './providerIds.ts';
import { reasoningEfforts } from './reasoningEffort.ts';

/** The values of run settings that are chosen from a list. */
export const runChoices = {
  /** `auto`: a provider that has a key; decided when the run is planned. */
  provider: ['auto', ...providerIds],
  reasoningEffort: ['default', ...reasoningEfforts],
  mode: ['concurrent', 'serial'],
  /** `allOrNothing`: the first conversation that does not succeed cancels the others. */
  failure: ['keepPartial', 'allOrNothing'],
  toolExecution: ['serial', 'parallel'],
  /**
   * Which CPU-bound calls run in worker threads. `auto`: all but the light ones, such as arithmetic on a few
   * numbers, which are done sooner than a thread could take them.
   */
  cpuTools: ['auto', 'workers'],
} as const;

/** One of the values of a setting. */
export type RunChoice<N extends keyof typeof runChoices> = (typeof runChoices)[N][number];
