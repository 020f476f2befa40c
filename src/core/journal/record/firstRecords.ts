import type { PlannedRecord, StartRecord } from './journalRecord.ts';

/** The first records of a run: its start, then one for each conversation. */
export type FirstRecords = readonly (StartRecord | PlannedRecord)[];

/** Makes the first records of a run in many steps, which may be spread over time. */
export type MakingRecords = Generator<void, FirstRecords>;

/** Takes all steps at once. */
export function allOf(making: MakingRecords): FirstRecords {
  for (;;) {
    const step = making.next();
    if (step.done) return step.value;
  }
}
