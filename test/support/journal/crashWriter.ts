/**
 * A process that writes a journal until it is killed. It says on stdout what is certain: `record N`
 * once record N is on the disk, `effect K` right before the side effect with key K is made. Arguments:
 * root, run id.
 */
import { writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeEnvironment } from '../../../src/core/journal/environment.ts';
import { JournalFailure } from '../../../src/core/journal/journalFailure.ts';
import { createJournal, openJournal } from '../../../src/core/journal/runs/openJournal.ts';
import { intent, outcome, startRecord } from './journalRecords.ts';
import { writerOf } from './testEnvironment.ts';

const [root = '', runId = ''] = process.argv.slice(2);
const environment = await nodeEnvironment();

/** A journal to go on with, or a new one. */
async function openOrCreate() {
  // A writer that is killed before it has written its name into the lock is waited for.
  for (let tries = 0; ; tries++) {
    try {
      const { files, reading } = await openJournal(root, runId, { environment });
      return { files, reading };
    } catch (error) {
      if (!(error instanceof JournalFailure)) throw error;
      if (error.kind === 'missing') break;
      if (error.kind !== 'locked' || tries === 5) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  // What a writer leaves behind that is killed before it has made the file.
  await rm(join(root, runId), { recursive: true, force: true });
  return { files: await createJournal(root, runId, environment) };
}

const { files, reading } = await openOrCreate();
const writer = writerOf(environment, files);
let seq = reading?.lastSeq ?? 0;
if (reading !== undefined) say(`opened ${reading.records.length}`);

/** Straight to the pipe: what a killed process has in its own buffers is lost. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

async function note(text: string): Promise<void> {
  writer.append({ kind: 'note', text });
  const number = ++seq;
  await writer.commit();
  say(`record ${number}`);
}

async function effect(key: string): Promise<void> {
  writer.append(intent(key));
  const number = ++seq;
  await writer.commit();
  say(`record ${number}`);
  say(`effect ${key}`);
  writer.append(outcome(key));
  seq++;
}

if (seq === 0) {
  writer.append(startRecord());
  seq++;
}
// Several at once, as conversations are: their records share a sync.
for (let round = 0; ; round++) {
  const work = [note(`round ${round}`), note('x'.repeat((round * 997) % 30_000))];
  if (round % 50 === 7) work.push(note('y'.repeat(300_000)));
  work.push(effect(`${process.pid}-${round}`));
  await Promise.all(work);
}
