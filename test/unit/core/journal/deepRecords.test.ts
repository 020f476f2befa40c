import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { maxRecordDepth } from '../../../../src/core/base/jsonDepth.ts';
import { toRunResult } from '../../../../src/shared/runResult.ts';
import { newRun } from '../../../support/journal/archivedRuns.ts';
import { readBytes, writtenJournal } from '../../../support/journal/damage.ts';
import { lineBytes } from '../../../support/journal/encodedLine.ts';
import { startRecord, wholeRun } from '../../../support/journal/journalRecords.ts';
import { MemoryFs } from '../../../support/journal/memoryFs.ts';
import {
  createMachine,
  folder,
  journalPath,
  open,
  read,
  settle,
} from '../../../support/journal/testEnvironment.ts';
import { promptOf, ScriptedProvider } from '../../../support/scriptedProvider.ts';

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const far = 100_000;

/** Payloads that are as they should be, but for one value that is nested in so many levels. */
const payloads: readonly (readonly [string, (levels: number) => string])[] = [
  ['a definition', (levels) => deepField(2, startRecord(), 'definition', levels)],
  [
    'a message',
    (levels) =>
      deepField(
        4,
        {
          ...{ kind: 'message', conversation: 0, index: 9 },
          message: { role: 'assistant', text: '', toolCalls: [], native: ['DEEP'] },
        },
        'DEEP',
        levels,
      ),
  ],
  [
    'an event',
    (levels) => {
      const event = { type: 'tool.started', turn: 1, callId: 'c', name: 't', input: 'DEEP' };
      const stamp = { seq: 99, atMs: 1, conversation: 0 };
      return deepField(3, { kind: 'event', event: { ...event, ...stamp } }, 'DEEP', levels);
    },
  ],
  [
    'a kind that nobody knows',
    (levels) => deepField(2, { kind: 'else', x: 'DEEP' }, 'DEEP', levels),
  ],
];

/** `around` levels are those that the record has around the value. */
function deepField(around: number, record: object, field: string, levels: number): string {
  const value = nested(levels - around + 1);
  const { kind, ...fields } = record as { readonly kind: string };
  const marked = field === 'DEEP' ? fields : { ...fields, [field]: 'DEEP' };
  const body = JSON.stringify({ v: 1, t: '2026-11-20T12:00:00.000Z', k: kind, ...marked });
  return body.replace('"DEEP"', value);
}

/** The journal of a whole run, with one more line before its end. */
function journalWith(payload: string): Buffer {
  const records = wholeRun(2, 1);
  const { bytes } = writtenJournal(records);
  return Buffer.concat([bytes, lineBytes(records.length + 1, payload)]);
}

describe.each(payloads)('a journal with %s that is nested', (_, payload) => {
  it.each([maxRecordDepth + 1, 2_500, far])('in %i levels is read without it', async (levels) => {
    const reading = await readBytes(journalWith(payload(levels)));
    const whole = await readBytes(writtenJournal(wholeRun(2, 1)).bytes);
    if (reading.kind !== 'read' || whole.kind !== 'read') throw new Error('It was not read.');
    expect(reading.damaged).toBe(1);
    expect(reading.state).toEqual(whole.state);
  });

  it('too deeply is opened, and can be gone on with', async () => {
    const machine = createMachine();
    machine.fs.put(journalPath, journalWith(payload(far)));
    const { writer, reading } = await open(machine);
    writer.append({ kind: 'note', text: 'on' });
    await settle(machine, writer.commit());
    await settle(machine, writer.dispose());
    expect(reading.damaged).toBe(1);
    expect((await read(machine)).records.at(-1)?.record).toEqual({ kind: 'note', text: 'on' });
  });
});

it('as many levels as a record may have are read', async () => {
  const [, payload] = payloads[2]!;
  const reading = await readBytes(journalWith(payload(maxRecordDepth)));
  expect(reading).toMatchObject({ damaged: 0 });
});

it('a long record in a file of its own that is nested too deeply is left out', async () => {
  const machine = createMachine();
  const content = Buffer.from(`{"text":${nested(far)}}`);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const ref = JSON.stringify({ sha256, bytes: content.length });
  const line = `{"v":1,"t":"2026-11-20T12:00:00.000Z","k":"note","b":${ref}}`;
  machine.fs.put(journalPath, journalWith(line));
  machine.fs.put(`${folder}/blobs/${sha256}`, content);
  expect(await read(machine)).toMatchObject({ damaged: 1, state: { state: 'finished' } });
});

/** What no JSON can say, or not without a very deep stack. */
const unwritable: readonly (readonly [string, unknown])[] = [
  ['a circle', circle()],
  ['a number without end', { n: 1n }],
  ['a deep value', JSON.parse(`{"a":${nested(far)}}`)],
];

function circle(): object {
  const self: { self?: object } = {};
  self.self = self;
  return self;
}

it.each(unwritable)(
  'an answer with %s fails its own conversation, and no other',
  async (_, input) => {
    const machine = createMachine();
    const provider = new ScriptedProvider((request, turn) => {
      if (promptOf(request) !== 'b' || turn > 1) return { text: `answer ${promptOf(request)}` };
      return { calls: [{ callId: 'c', name: 'sum_numbers', input }] };
    });
    const { run } = await newRun(machine, { provider });
    run.start();
    const result = await settle(machine, run.ended());
    expect(result.conversations.map(({ status }) => status)).toEqual(['done', 'failed', 'done']);
    expect(result.conversations[1]?.error?.message).toContain('cannot be written down');
    expect(run.state.paused).toBeUndefined();
    await machine.clock.advance(100);
    const { state, damaged } = await read(machine);
    if (state === undefined) throw new Error('It was not kept.');
    expect([damaged, state.state]).toEqual([0, 'finished']);
    expect(toRunResult(state).conversations.map(({ answer }) => answer)).toEqual([
      'answer a',
      '',
      'answer c',
    ]);
    // It starts again as it started before: what could not be kept is not gone on from.
    run.rerun([1]);
    await settle(machine, run.ended());
    expect(run.result().conversations[1]?.status).toBe('failed');
  },
);

it('a value as deep as can be is read in memory that is at hand', async () => {
  const fs = new MemoryFs();
  fs.put(journalPath, journalWith(`{"v":1,"t":"x","k":"note","text":${nested(400_000)}}`));
  const machine = { ...createMachine(), fs };
  expect(await read(machine as never)).toMatchObject({ damaged: 1 });
});
