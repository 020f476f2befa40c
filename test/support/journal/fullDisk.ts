/**
 * Writes a journal until the disk takes no more. Arguments: root, run id. Prints how many records were
 * certain by then, and what the failure was called.
 */
import { nodeEnvironment } from '../../../src/core/journal/environment.ts';
import { createJournal } from '../../../src/core/journal/runs/openJournal.ts';
import { writerOf } from './testEnvironment.ts';

const [root = '', runId = ''] = process.argv.slice(2);
const environment = await nodeEnvironment();
const writer = writerOf(environment, await createJournal(root, runId, environment));
const failed = new Promise<string>((resolve) =>
  writer.onDidChange(() => {
    if (writer.failure !== undefined) resolve(writer.failure.kind);
  }),
);
let committed = 0;
let failure: string | undefined;
while (failure === undefined) {
  writer.append({ kind: 'note', text: 'x'.repeat(1_000) });
  failure = await Promise.race([writer.commit().then(() => undefined), failed]);
  if (failure === undefined) committed++;
}
process.stdout.write(JSON.stringify({ committed, failure }));
await writer.dispose();
