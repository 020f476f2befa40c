import { describe, expect, it, vi } from 'vitest';
import { encodeLine } from '../../../../src/core/journal/record/recordLine.ts';
import { OriginMark } from '../../../../src/core/journal/runs/originMark.ts';
import { RunArchive } from '../../../../src/core/journal/runs/runArchive.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import { archivedPlan, archiveOf, newRun } from '../../../support/journal/archivedRuns.ts';
import { putFixture } from '../../../support/journal/oldJournals.ts';
import type { TestMachine } from '../../../support/journal/testEnvironment.ts';
import {
  createMachine,
  folder,
  journalPath,
  processOf,
  read,
  root,
  runId,
  settle,
} from '../../../support/journal/testEnvironment.ts';
import { asVersion1 } from '../../../support/journal/version1.ts';
import {
  fixtureKey,
  fixturePrompts,
  fixtureProvider,
  fixtureTools,
} from '../../../support/journal/writeFixtures.ts';
import { impatient } from '../../../support/runs.ts';
import { never, promptOf, ScriptedProvider } from '../../../support/scriptedProvider.ts';

function markedArchive(machine: TestMachine): RunArchive {
  const redact = (text: string): string => text;
  const origin = new OriginMark(fixtureKey);
  return new RunArchive({ root, environment: machine, redact, origin, maxRuns: 10 });
}

async function resumeFixture(machine: TestMachine, archive: RunArchive) {
  const { recorder, ...restored } = await settle(machine, archive.reopen(runId));
  const provider = fixtureProvider(false);
  const plan = archivedPlan({ provider, prompts: fixturePrompts, tools: fixtureTools });
  const run = new Runner({ clock: machine.clock, retry: impatient }).restoreRun(
    plan,
    restored,
    recorder,
  );
  run.resumeInterrupted();
  const result = await settle(machine, run.ended());
  await machine.clock.advance(100);
  return { result, provider };
}

describe('a journal of version 2', () => {
  it.each(['with', 'without'])('is listed and opened, %s its summary', async (summary) => {
    const machine = createMachine();
    putFixture(machine, 'version2/finished');
    if (summary === 'without') machine.fs.files.delete(`${folder}/summary.json`);
    const [listed] = await markedArchive(machine).list();
    expect(listed).toMatchObject({ state: 'finished', total: 2, counts: { done: 2 } });
    const opened = await listed?.open();
    expect(opened).toMatchObject({ isForeign: false, damaged: 0, state: { notes: [] } });
    expect(opened?.state.conversations.map(({ prompt }) => prompt)).toEqual(fixturePrompts);
    expect(opened?.definition).toMatchObject({ prompts: fixturePrompts.map((text) => ({ text })) });
  });

  it('is gone on with, and stays readable', async () => {
    const machine = createMachine(200);
    putFixture(machine, 'version2/interrupted');
    const archive = markedArchive(machine);
    expect(await archive.list()).toMatchObject([{ state: 'interrupted', counts: { done: 1 } }]);
    const { result, provider } = await resumeFixture(machine, archive);
    expect(result.counts).toMatchObject({ done: 2 });
    expect(provider.requests).toHaveLength(1);
    const again = await archive.read(runId);
    expect(again).toMatchObject({ damaged: 0, isForeign: false, state: { state: 'finished' } });
    expect(again?.state.conversations.map(({ turns }) => turns.length)).toEqual([3, 3]);
  });

  it('of which a prompt was changed is one from elsewhere', async () => {
    const machine = createMachine();
    putFixture(machine, 'version2/finished');
    const [first = '', ...rest] = machine.fs.text(journalPath).split('\n');
    const { v, t, k, b } = (JSON.parse(first) as { readonly p: Record<string, unknown> }).p;
    const { sha256 } = b as { readonly sha256: string };
    const body = JSON.parse(machine.fs.text(`${folder}/blobs/${sha256}`)) as object;
    const payload = JSON.stringify({ v, t, k, ...body });
    const write = (text: string): void =>
      machine.fs.put(journalPath, encodeLine(1, text) + rest.join('\n'));
    write(payload);
    expect((await markedArchive(machine).read(runId))?.isForeign).toBe(false);
    write(payload.replaceAll('What is 1 + 2?', 'What is 1 + 3?'));
    expect((await markedArchive(machine).read(runId))?.isForeign).toBe(true);
  });
});

it('a journal of version 1 is listed, opened and gone on with', async () => {
  const machine = createMachine(100);
  const options = { provider: fixtureProvider(true), prompts: fixturePrompts, tools: fixtureTools };
  const { run } = await newRun(machine, options);
  run.start();
  await machine.clock.advance(500);
  machine.alive.delete(100);
  machine.fs.put(journalPath, asVersion1(machine.fs.text(journalPath)));
  const next = processOf(machine, 200);
  const archive = archiveOf(next);
  expect(await archive.list()).toMatchObject([{ state: 'interrupted', counts: { done: 1 } }]);
  const { result, provider } = await resumeFixture(next, archive);
  expect(result.counts).toMatchObject({ done: 2 });
  expect(provider.requests).toHaveLength(1);
  expect((await archive.read(runId))?.damaged).toBe(0);
});

/** A run that was killed while its last conversation was asked. */
async function killedRun(prompts: readonly string[], archive = archiveOf) {
  const machine = createMachine(100);
  const definition = { prompts: prompts.map((text) => ({ text })) };
  const recorder = await settle(machine, archive(machine).record(runId, definition));
  const provider = new ScriptedProvider((request) =>
    promptOf(request) === prompts.at(-1)
      ? (_, signal) => never(signal)
      : { text: `answer ${'so '.repeat(100)}` },
  );
  const plan = archivedPlan({ provider, prompts });
  const runner = new Runner({ clock: machine.clock, retry: impatient });
  const run = runner.createRun(plan, { id: runId, recorder });
  run.start();
  await machine.clock.advance(500);
  // Large prompts are worked on in slices, between which real time passes.
  await vi.waitFor(() => expect(run.state.counts.done).toBe(prompts.length - 1), 60_000);
  if (recorder !== undefined) await settle(machine, recorder.commit());
  machine.alive.delete(100);
  return processOf(machine, 200);
}

/** Makes the lines unreadable that have this in them. */
function damage(machine: TestMachine, part: string): void {
  const lines = machine.fs.text(journalPath).split('\n');
  const damaged = lines.map((line) =>
    line.includes(part) ? line.replace('"c":"', '"c":"x') : line,
  );
  expect(damaged).not.toEqual(lines);
  machine.fs.put(journalPath, damaged.join('\n'));
}

async function resume(machine: TestMachine, prompts: readonly string[], archive = archiveOf) {
  const { recorder, ...restored } = await settle(machine, archive(machine).reopen(runId));
  const provider = new ScriptedProvider(() => ({ text: 'again' }));
  const plan = archivedPlan({ provider, prompts });
  const runner = new Runner({ clock: machine.clock, retry: impatient });
  const run = runner.restoreRun(plan, restored, recorder);
  run.resumeInterrupted();
  const result = await settle(machine, run.ended());
  await machine.clock.advance(100);
  return { run, result, provider };
}

const prompts = ['first', 'second', 'third'].map((word) => `${word} ${'prompt '.repeat(60)}`);

describe('a text', () => {
  it.each([0, 1, 2])('that is prompt %i is in the journal once', async (index) => {
    const machine = await killedRun(prompts);
    expect(machine.fs.text(journalPath).split(prompts[index]!)).toHaveLength(2);
    const { definition, messages } = await read(machine);
    expect(definition).toEqual({ prompts: prompts.map((text) => ({ text })) });
    expect(messages.get(index)?.[0]).toEqual({ role: 'user', text: prompts[index] });
  });

  it('that is the result of a tool is in the journal once', async () => {
    const machine = createMachine();
    const options = { provider: fixtureProvider(false), prompts: ['a'], tools: fixtureTools };
    const { run } = await newRun(machine, options);
    run.start();
    await settle(machine, run.ended());
    await machine.clock.advance(100);
    expect(machine.fs.text(journalPath).split('result of 1: ')).toHaveLength(2);
    const { messages } = await read(machine);
    expect(messages.get(0)?.[2]).toMatchObject({
      outcomes: [{ content: expect.stringContaining('result of 1: ') }],
    });
  });

  it('in a definition that looks like a reference stays as it is', async () => {
    const machine = createMachine();
    const definition = { text: '\u00000', more: ['\u0000=', '\u0000', 'first'] };
    const recorder = await settle(machine, archiveOf(machine).record(runId, definition));
    const provider = new ScriptedProvider(() => ({ text: 'yes' }));
    const plan = archivedPlan({ provider, prompts });
    const run = new Runner({ clock: machine.clock }).createRun(plan, { id: runId, recorder });
    run.start();
    await settle(machine, run.ended());
    await machine.clock.advance(100);
    expect((await read(machine)).definition).toEqual(definition);
  });
});

describe.each([
  ['a marked run', markedArchive],
  ['a run', archiveOf],
])('%s', (_, archive) => {
  it('goes on without the conversation whose prompt is damaged', async () => {
    const machine = await killedRun(prompts, archive);
    damage(machine, '"conversation":2,"planned"');
    const found = await archive(machine).read(runId);
    expect(found).toMatchObject({ damaged: 1, isForeign: false });
    const { run, result, provider } = await resume(machine, prompts, archive);
    expect(provider.requests).toEqual([]);
    expect(result.conversations.map(({ status }) => status)).toEqual(['done', 'done', 'failed']);
    expect(result.conversations[2]?.error?.message).toContain('is damaged on the disk');
    run.rerun([2]);
    expect(run.state.state).not.toBe('running');
    expect(provider.requests).toEqual([]);
  });

  it('goes on where the damaged prompt is that of another conversation', async () => {
    const machine = await killedRun(prompts, archive);
    damage(machine, '"conversation":0,"planned"');
    const { result, provider } = await resume(machine, prompts, archive);
    expect(provider.requests).toHaveLength(1);
    expect(result.conversations.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
  });

  it('is listed and looked at, but does not go on, without its first record', async () => {
    const machine = await killedRun(prompts, archive);
    damage(machine, '"k":"run.start"');
    const [listed] = await archive(machine).list();
    expect(listed).toMatchObject({ id: runId, state: 'interrupted', total: 3 });
    const found = await listed?.open();
    expect(found?.state.conversations.map(({ prompt }) => prompt)).toEqual(prompts);
    expect(found?.state.conversations[0]).toMatchObject({ phase: 'done' });
    expect(found?.state.notes.join()).toContain('The beginning of this run is damaged');
    expect(found).toMatchObject({ damaged: 1, isForeign: true });
    const before = [...machine.fs.files.keys()];
    const reopening = settle(machine, archive(machine).reopen(runId));
    await expect(reopening).rejects.toThrow('The beginning of this run is damaged');
    expect([...machine.fs.files.keys()]).toEqual(before);
  });
});

it('a marked run does not go on with a plan that was changed', async () => {
  const machine = await killedRun(prompts, markedArchive);
  const lines = machine.fs.text(journalPath).split('\n');
  const changed = lines.map((line) => {
    if (!line.includes('"k":"planned"')) return line;
    const { n, p } = JSON.parse(line) as { readonly n: number; readonly p: unknown };
    return encodeLine(n, JSON.stringify(p).replace('"model":"', '"model":"x')).toString().trim();
  });
  machine.fs.put(journalPath, changed.join('\n'));
  const reopening = settle(machine, markedArchive(machine).reopen(runId));
  await expect(reopening).rejects.toThrow('was not started by this installation');
});

describe('a record of a kind that nobody knows yet', () => {
  it.each([
    ['another kind', '{"v":3,"t":"","k":"hologram","b":7}'],
    ['another event', '{"v":3,"t":"","k":"event","event":{"type":"run.dreamt"}}'],
    ['another version', '{"v":4,"t":"","k":"note","text":7}'],
  ])('is passed over and told, and nothing is written: %s', async (_, payload) => {
    const machine = await killedRun(prompts);
    const { lastSeq } = await read(machine);
    const before = machine.fs.text(journalPath) + encodeLine(lastSeq + 1, payload).toString();
    machine.fs.put(journalPath, before);
    const found = await archiveOf(machine).read(runId);
    expect(found).toMatchObject({ damaged: 0 });
    expect(found?.state.notes).toEqual([expect.stringContaining('written by a newer version')]);
    await expect(archiveOf(machine).reopen(runId)).rejects.toThrow('written by a newer version');
    expect(machine.fs.text(journalPath)).toBe(before);
  });
});

it('300 prompts of 1 MB are kept, listed, read and gone on with', async () => {
  const large = Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(1_000_000)}`);
  const machine = await killedRun(large);
  expect(machine.fs.text(journalPath).length).toBeLessThan(1_000_000);
  const archive = archiveOf(machine);
  const [listed] = await archive.list();
  expect(listed).toMatchObject({ total: 300, counts: { done: 299 }, state: 'interrupted' });
  const found = await listed?.open();
  expect(found?.state.conversations.every(({ prompt }, index) => prompt === large[index])).toBe(
    true,
  );
  const { result, provider } = await resume(machine, large);
  expect(result.counts.done).toBe(300);
  expect(provider.requests).toHaveLength(1);
}, 300_000);
