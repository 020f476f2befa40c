/**
 * Opens a journal again and again while others do the same, and writes one record each time it gets
 * it. Arguments: root, run id, how many times. Prints how many times it had it.
 */
import { nodeEnvironment } from '../../../src/core/journal/environment.ts';
import { JournalFailure } from '../../../src/core/journal/journalFailure.ts';
import { openJournal } from '../../../src/core/journal/runs/openJournal.ts';
import { writerOf } from './testEnvironment.ts';

const [root = '', runId = '', wanted = '1'] = process.argv.slice(2);
const environment = await nodeEnvironment();
let times = 0;
while (times < Number(wanted)) {
  try {
    const { files } = await openJournal(root, runId, { environment });
    times++;
    const writer = writerOf(environment, files);
    writer.append({ kind: 'note', text: `${process.pid}` });
    await writer.dispose();
  } catch (error) {
    if (!(error instanceof JournalFailure && error.kind === 'locked')) throw error;
  }
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
}
console.log(times);
