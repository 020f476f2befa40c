/**
 * Opens a journal again and again while others do the same, and writes one record each time it gets
 * it. Arguments: root, run id, how many times. Prints how many times it had it.
 */
import { nodeEnvironment } from '../../../src/core/journal/environment.ts';
import { openJournal } from '../../../src/core/journal/runs/openJournal.ts';

const [root = '', runId = '', wanted = '1'] = process.argv.slice(2);
const options = { environment: await nodeEnvironment(), redact: (text: string) => text };
let times = 0;
while (times < Number(wanted)) {
  const opened = await openJournal(root, runId, options);
  if (opened.kind === 'opened') {
    times++;
    opened.writer.append({ kind: 'note', text: `${process.pid}` });
    await opened.writer.close();
  } else if (opened.kind !== 'locked') {
    throw new Error(JSON.stringify(opened));
  }
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
}
console.log(times);
