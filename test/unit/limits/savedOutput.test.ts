import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentLimits } from '../../../src/core/agent/agentSpec.ts';
import { clipMiddleBytes } from '../../../src/core/base/clipBytes.ts';
import { defaultLimitValues } from '../../../src/core/base/limits.ts';
import { Redactor } from '../../../src/core/base/redact.ts';
import { createUlid } from '../../../src/core/base/ulid.ts';
import { nodeEnvironment } from '../../../src/core/journal/environment.ts';
import { readJournal } from '../../../src/core/journal/read/readJournal.ts';
import type { OutputRecord } from '../../../src/core/journal/record/journalRecord.ts';
import { RunArchive } from '../../../src/core/journal/runs/runArchive.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import { originOf, planned, testAgent } from '../../support/runs.ts';
import { ScriptedProvider } from '../../support/scriptedProvider.ts';
import { promptFolder } from '../cli/commandLine.ts';
import { probe } from '../core/tools/toolFixtures.ts';

const key = 'sk-kept-output-key-0123456789';

/** A run on a real disk whose model calls a tool that returns this text. */
async function runSaved(text: string) {
  const root = promptFolder({});
  const redactor = new Redactor();
  redactor.add(key);
  const environment = await nodeEnvironment();
  const redact = (plain: string): string => redactor.hideKeys(plain);
  const archive = new RunArchive({ root, environment, redact, maxRuns: 50 });
  const provider = new ScriptedProvider((_, turn) => {
    const call = { callId: 'call-1', name: 'probe', input: {} };
    return turn === 1 ? { calls: [call] } : { text: 'Done.' };
  });
  const agent = testAgent(provider, {
    tools: [probe(() => text)],
    limits: agentLimits(defaultLimitValues),
  });
  const id = createUlid();
  const recorder = await archive.record(id, null);
  if (recorder === undefined) throw new Error('The run is not saved.');
  const run = new Runner({ redactor }).createRun(
    {
      ...{ title: 'test', simulated: false, failure: 'keepPartial', whenBlocked: 'fail' },
      ...{ warmUpCache: false, caps: {}, maxCostUsd: Infinity, maxConversationCostUsd: Infinity },
      agent: {
        ...{ name: 'test', provider: 'demo', model: 'test-model', tools: ['probe'] },
        ...{ mode: 'concurrent', toolExecution: 'serial', concurrency: 'unlimited' },
      },
      origin: originOf(agent),
      items: [{ planned: planned('Go.', 0), agent }],
    } as const,
    { id, recorder },
  );
  run.start();
  await run.ended();
  await recorder.saving.dispose();
  const reading = await readJournal(root, id);
  if (reading.kind !== 'read') throw new Error('Could not read the run.');
  const records = reading.records.map(({ record }) => record);
  const outputs = records.filter((record): record is OutputRecord => record.kind === 'output');
  const files = outputs.map(({ content }) =>
    readFileSync(path.join(root, id, 'blobs', content.sha256), 'utf8'),
  );
  const sent = provider.requests[1]?.messages.at(-1);
  const given = sent?.role === 'tool' ? (sent.outcomes[0]?.content ?? '') : '';
  return { outputs, files, given, reading, archive, root, id };
}

describe('A tool result that is too long for the model', () => {
  it('is saved in full in its own file, while the model gets a shortened one', async () => {
    const text = `${'ä'.repeat(40_000)}${'x'.repeat(60_000)}end`;
    const { outputs, files, given, reading } = await runSaved(text);
    expect(given.length).toBeLessThanOrEqual(48_000);
    expect(given).toContain('characters left out');
    expect(files).toEqual([text]);
    expect(outputs).toMatchObject([{ conversation: 0, turn: 1, callId: 'call-1', name: 'probe' }]);
    expect(reading).toMatchObject({ damaged: 0, missing: 0, version: 'known' });
    expect(reading.blobs.has(outputs[0]!.content)).toBe(true);
  });

  it('is saved up to 5 MB; of a longer one both ends', async () => {
    const { files } = await runSaved(`begin${'x'.repeat(50_000_000)}end`);
    expect(Buffer.byteLength(files[0] ?? '')).toBeLessThanOrEqual(5_000_000);
    expect(files[0]?.length).toBeGreaterThan(4_999_000);
    expect(files[0]).toMatch(/^beginx.*characters left out.*xend$/s);
  });

  it('is saved without keys', async () => {
    const { files, given } = await runSaved(`${'x'.repeat(30_000)}${key}${'x'.repeat(30_000)}`);
    expect(files).toHaveLength(1);
    for (const text of [...files, given]) expect(text).not.toContain(key);
  });

  it('that just fits has no file of its own', async () => {
    const { outputs, given } = await runSaved('x'.repeat(48_000));
    expect([outputs, given.length]).toEqual([[], 48_000]);
    const longer = await runSaved('x'.repeat(48_001));
    expect(longer.files).toEqual(['x'.repeat(48_001)]);
  });

  it('may be missing: the run is read and continues anyway', async () => {
    const { archive, root, id } = await runSaved('x'.repeat(60_000));
    rmSync(path.join(root, id, 'blobs'), { recursive: true });
    const reopened = await archive.reopen(id);
    expect(reopened.damaged).toBe(0);
    expect(reopened.messages.get(0)).toHaveLength(4);
    await reopened.recorder.saving.dispose();
  });
});

describe('A text shortened by bytes', () => {
  it.each(['x', 'ä', '€', '😀', 'a😀ä€', '\uFEFF'])(
    'keeps whole characters and its max size: %s',
    (unit) => {
      const text = unit.repeat(1_000);
      const bytes = Buffer.byteLength(text);
      for (const max of [bytes, bytes + 1]) expect(clipMiddleBytes(text, max)).toBe(text);
      for (let max = 0; max < Math.min(bytes, 400); max++) {
        const clipped = clipMiddleBytes(text, max);
        expect(Buffer.byteLength(clipped)).toBeLessThanOrEqual(max);
        expect(clipped.isWellFormed()).toBe(true);
        expect(clipped).not.toContain('\uFFFD');
      }
    },
  );
});
