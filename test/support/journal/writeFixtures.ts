/**
 * Writes the runs of `test/fixtures/journals` with the code of today: one that finished and one that was
 * killed at work. Argument: the name of the folder, such as `version2`. What is there is never written again,
 * so that later versions read what this version wrote.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod';
import { OriginMark } from '../../../src/core/journal/runs/originMark.ts';
import { RunArchive } from '../../../src/core/journal/runs/runArchive.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import { defineTool } from '../../../src/core/tools/defineTool.ts';
import { impatient } from '../runs.ts';
import { never, ScriptedProvider } from '../scriptedProvider.ts';
import { archivedPlan } from './archivedRuns.ts';
import type { TestMachine } from './testEnvironment.ts';
import { createMachine, folder, lockPath, root, runId, settle } from './testEnvironment.ts';

export const fixtureKey = Buffer.from('the key of the fixtures');
export const fixturePrompts = ['What is 1 + 2?', `Sum this: ${'1 + '.repeat(100)}1`];

const look = defineTool({
  name: 'look',
  description: 'Looks.',
  effect: 'read',
  inputSchema: z.object({ what: z.string() }),
  execute: ({ what }) => `result of ${what}: ${'long '.repeat(80)}`,
});

/** The provider of the fixtures: two turns with a tool, then the answer; the second prompt may hang. */
export function fixtureProvider(hangs: boolean): ScriptedProvider {
  return new ScriptedProvider((request, turn) => {
    const [first] = request.messages;
    const isSecond = first?.role === 'user' && first.text !== fixturePrompts[0];
    if (turn === 3) {
      if (isSecond && hangs) return (_request, signal) => never(signal);
      return { text: `the answer ${'and more '.repeat(40)}` };
    }
    return {
      text: `turn ${turn}`,
      calls: [{ callId: `c${turn}`, name: 'look', input: { what: `${turn}` } }],
    };
  });
}

export const fixtureTools = [look];

async function writeRun(target: string, hangs: boolean): Promise<void> {
  const machine: TestMachine = createMachine();
  const limits = { warnBytes: 1e6, stopBytes: 1e7, bufferBytes: 1e6, blobBytes: 1_000 };
  const archive = new RunArchive({
    root,
    environment: machine,
    redact: (text) => text,
    origin: new OriginMark(fixtureKey),
    limits: () => limits,
    maxRuns: 10,
  });
  const definition = {
    title: 'test',
    prompts: fixturePrompts.map((text, index) => ({ id: `p${index}`, text })),
  };
  const recorder = await settle(machine, archive.record(runId, definition));
  if (recorder === undefined) throw new Error('It is not kept.');
  const provider = fixtureProvider(hangs);
  const plan = archivedPlan({ provider, prompts: fixturePrompts, tools: fixtureTools });
  const runner = new Runner({ clock: machine.clock, retry: impatient });
  const run = runner.createRun(plan, { id: runId, recorder });
  run.start();
  await machine.clock.advance(3_000);
  if (!hangs) await settle(machine, run.ended());
  await machine.clock.advance(3_000);
  for (const [file, { content }] of machine.fs.files) {
    if (file === lockPath) continue;
    const copy = path.join(target, path.relative(folder, file));
    mkdirSync(path.dirname(copy), { recursive: true });
    writeFileSync(copy, content, { flag: 'wx' });
  }
}

const [name] = process.argv.slice(2);
if (import.meta.main && name !== undefined) {
  const fixtures = path.resolve(import.meta.dirname, '../../fixtures/journals', name);
  await writeRun(path.join(fixtures, 'finished'), false);
  await writeRun(path.join(fixtures, 'interrupted'), true);
}
