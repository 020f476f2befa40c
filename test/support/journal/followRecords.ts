import { JournalFold } from '../../../src/core/journal/read/journalFold.ts';
import type { JournalWriter } from '../../../src/core/journal/write/journalWriter.ts';

/** Folds every record that is appended, as the run of these records would, so that summaries are saved. */
export function followRecords(writer: JournalWriter, runId: string): void {
  const fold = new JournalFold(runId);
  const append = writer.append.bind(writer);
  writer.append = (record) => {
    if (record.kind !== 'output') fold.add(record);
    if (fold.state !== undefined) writer.follow(fold.state);
    append(record);
  };
}
