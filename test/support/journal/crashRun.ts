/**
 * A process at a run that is kept, until it is killed: it starts the run or goes on with it, and runs it
 * again when it has ended. It says on stdout what people are shown: `told N` for a finished turn whose
 * event has the number N. Arguments: root, run id.
 */
import { writeSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeEnvironment } from '../../../src/core/journal/environment.ts';
import { RunArchive } from '../../../src/core/journal/runs/runArchive.ts';
import type { Run } from '../../../src/core/runner/run.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import { ScriptedProvider } from '../scriptedProvider.ts';
import { archivedPlan } from './archivedRuns.ts';

const [root = '', runId = ''] = process.argv.slice(2);

let calls = 0;
const provider = new ScriptedProvider(async (_, turn) => {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
  if (turn === 4) return { text: 'the answer' };
  calls++;
  const callId = `${process.pid}-${calls}`;
  return { text: 'so', calls: [{ callId, name: 'sum_numbers', input: { numbers: [1, 2] } }] };
});
const prompts = Array.from({ length: 8 }, (_, index) => `prompt ${index}`);
const everything = prompts.map((_, index) => index);
const plan = archivedPlan({ provider, prompts });
const archive = new RunArchive({
  root,
  environment: await nodeEnvironment(),
  redact: (text) => text,
  maxRuns: 100,
  onFailure: ({ message }) => {
    throw new Error(message);
  },
});

const run = (await exists()) ? await goOn() : await begin();
for (;;) {
  await run.ended();
  run.rerun(everything);
}

async function exists(): Promise<boolean> {
  const size = await stat(join(root, runId, 'journal.jsonl')).then(
    (found) => found.size,
    () => 0,
  );
  return size > 0;
}

async function begin(): Promise<Run> {
  // What a process leaves behind that is killed before it has begun.
  await rm(join(root, runId), { recursive: true, force: true });
  const recorder = await archive.record(runId, { prompts });
  if (recorder === undefined) throw new Error('It is not kept.');
  const made = new Runner().createRun(plan, { id: runId, recorder });
  follow(made);
  made.start();
  return made;
}

async function goOn(): Promise<Run> {
  const { recorder, ...restored } = await archive.reopen(runId);
  const made = new Runner().restoreRun(plan, restored, recorder);
  follow(made);
  if (made.state.state === 'interrupted') made.resumeInterrupted();
  else made.rerun(everything);
  return made;
}

/** Straight to the pipe: what a killed process has in its own buffers is lost. */
function follow(made: Run): void {
  made.onEvent((event) => {
    if (event.type === 'turn.finished') writeSync(1, `told ${event.seq}\n`);
  });
}
