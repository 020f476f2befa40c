/** What a process has used from its start to its end. */
export interface ProcessUsage {
  /** User and system time, of all threads. */
  readonly cpuMs: number;
  readonly peakRssBytes: number;
}

/** Names the file to which a process writes its usage. */
export const usageVariable = 'INTERLEAVE_BENCH_USAGE';
