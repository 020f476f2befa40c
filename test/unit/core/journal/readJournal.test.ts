import { dirname } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalReading } from '../../../../src/core/journal/read/readJournal.ts';
import { readJournal } from '../../../../src/core/journal/read/readJournal.ts';
import type { JournalRecord } from '../../../../src/core/journal/record/journalRecord.ts';
import { maxLineBytes } from '../../../../src/core/journal/record/recordLine.ts';
import { applyRunEvent, interruptRun, startRunState } from '../../../../src/shared/runState.ts';
import { readBytes, writtenJournal } from '../../../support/journal/damage.ts';
import { lineBytes } from '../../../support/journal/encodedLine.ts';
import {
  eventRecord,
  messageRecord,
  runStarted,
  startRecord,
  wholeRun,
} from '../../../support/journal/journalRecords.ts';
import { MemoryFs } from '../../../support/journal/memoryFs.ts';
import { journalPath, root, runId } from '../../../support/journal/testEnvironment.ts';

const note = (text: string): JournalRecord => ({ kind: 'note', text });

async function readAll(bytes: Buffer): Promise<JournalReading> {
  const reading = await readBytes(bytes);
  if (reading.kind !== 'read') throw new Error(`It is ${reading.kind}.`);
  return reading;
}

async function readRecords(records: readonly JournalRecord[]): Promise<JournalReading> {
  return readAll(writtenJournal(records).bytes);
}

function textsOf({ records }: JournalReading): readonly string[] {
  return records.flatMap(({ record }) => (record.kind === 'note' ? [record.text] : []));
}

describe('a journal that is whole', () => {
  it('comes to the state that the run had', async () => {
    const records = wholeRun(3, 2);
    const expected = startRunState(runStarted(3));
    for (const record of records) {
      if (record.kind === 'event') applyRunEvent(expected, record.event);
    }
    const reading = await readRecords(records);
    expect(reading.state).toEqual(expected);
    expect(reading.state?.state).toBe('finished');
    expect(reading.definition).toEqual({ files: ['a'] });
    expect(reading).toMatchObject({ damaged: 0, missing: 0, sealed: true, version: 'known' });
    expect(reading.lastSeq).toBe(records.length);
    expect(reading.messages.get(2)?.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'tool',
    ]);
    expect([...reading.incomplete]).toEqual([]);
  });

  it('comes to the same state as a run that was interrupted and went on', async () => {
    const before = wholeRun(2, 1).slice(0, 8);
    const seq = before.filter(({ kind }) => kind === 'event').length;
    const after = [
      { type: 'run.reopened', seq: seq + 1, atMs: 500 },
      { type: 'conversation.resumed', seq: seq + 2, atMs: 510, conversation: 0 },
      { type: 'conversation.resumed', seq: seq + 3, atMs: 520, conversation: 1 },
      { type: 'run.finished', state: 'cancelled', seq: seq + 4, atMs: 600 },
    ] as const;
    const { state: live } = await readRecords(before);
    interruptRun(live!);
    for (const event of after) applyRunEvent(live!, event);
    const { state } = await readRecords([...before, ...after.map(eventRecord)]);
    expect(state).toEqual(live);
    expect(state?.activeMs).toBe(40 + 100);
  });

  it('keeps what a provider sent, whatever its fields are called', async () => {
    const native = [{ type: 'new_block', __proto__: null, signature: 'EqQB', deep: { a: [null] } }];
    const message = { role: 'assistant', text: '', toolCalls: [], native } as const;
    const record = { kind: 'message', conversation: 0, index: 0, message } as const;
    const { messages } = await readRecords([record]);
    expect(messages.get(0)).toEqual([message]);
  });

  it('may have calls without input, whose field JSON leaves out', async () => {
    const call = { callId: 'a', name: 'now', input: undefined };
    const step = { type: 'tool.started', turn: 1, ...call, seq: 1, atMs: 1, conversation: 0 };
    const reading = await readRecords([startRecord(), eventRecord(step as never)]);
    expect(reading.damaged).toBe(0);
    expect(reading.state?.conversations[0]?.toolCalls[0]?.name).toBe('now');
  });

  it('may have fields that a later version added', async () => {
    const payload = '{"v":1,"t":"2026","k":"note","text":"a","colour":"red"}';
    expect(textsOf(await readAll(lineBytes(1, payload)))).toEqual(['a']);
  });

  it('is read in linear time: 50,000 records', async () => {
    const { bytes } = writtenJournal(wholeRun(100, 83).slice(0, 50_000));
    // The processor's time, not the clock's: the machine may be busy with something else.
    const before = process.cpuUsage();
    const reading = await readAll(bytes);
    const { user, system } = process.cpuUsage(before);
    expect(reading.records.length).toBe(50_000);
    // Generous; quadratic work takes minutes.
    expect((user + system) / 1_000).toBeLessThan(8_000);
  });
});

describe('the messages of a conversation', () => {
  it('begin anew when it is run again', async () => {
    const requeued = { type: 'conversation.requeued', seq: 1, atMs: 1, conversation: 0 } as const;
    const { messages } = await readRecords([
      startRecord(),
      messageRecord(0, 0, 'first'),
      messageRecord(0, 1, 'answer'),
      eventRecord(requeued),
      messageRecord(0, 0, 'again'),
    ]);
    expect(messages.get(0)).toEqual([{ role: 'user', text: 'again' }]);
  });

  it('begin anew with their first one, though the event is lost', async () => {
    const { messages } = await readRecords([
      messageRecord(0, 0, 'first'),
      messageRecord(0, 1, 'answer'),
      messageRecord(0, 0, 'again'),
    ]);
    expect(messages.get(0)).toHaveLength(1);
  });

  it('end before one that is missing, and the conversation is known to be incomplete', async () => {
    const reading = await readRecords([
      messageRecord(0, 0, 'first'),
      messageRecord(0, 2, '3'),
      messageRecord(0, 3, 'answer'),
      messageRecord(1, 0, 'other'),
    ]);
    expect(reading.messages.get(0)).toHaveLength(1);
    expect([...reading.incomplete]).toEqual([0]);
  });

  it('are complete again when the conversation went on from before the gap', async () => {
    const reading = await readRecords([
      messageRecord(0, 0, 'first'),
      messageRecord(0, 2, '3'),
      messageRecord(0, 1, 'another answer'),
    ]);
    expect(reading.messages.get(0)).toHaveLength(2);
    expect([...reading.incomplete]).toEqual([]);
  });

  it('are incomplete when the turn of the last one is finished and it is not there', async () => {
    const records = wholeRun(2, 2).filter(
      (record) => !(record.kind === 'message' && record.conversation === 1 && record.index > 2),
    );
    const reading = await readRecords(records);
    expect([...reading.incomplete]).toEqual([1]);
  });
});

describe('a damaged journal', () => {
  const journal = writtenJournal([note('one'), note('two'), note('three')]);

  function damage(from: string, to: string): Buffer {
    return Buffer.from(journal.bytes.toString('latin1').replace(from, to), 'latin1');
  }

  it('has all but the record that was changed', async () => {
    const reading = await readAll(damage('two', 'tvo'));
    expect(textsOf(reading)).toEqual(['one', 'three']);
    expect(reading).toMatchObject({ damaged: 1, missing: 1, sealed: true });
  });

  it('tells where the damage is', async () => {
    const bytes = damage('two', 'tvo');
    const [range] = (await readAll(bytes)).damagedRanges;
    expect(bytes.subarray(range!.start, range!.end).toString()).toContain('tvo"}}\n');
    expect(bytes.subarray(range!.start, range!.end).toString()).toMatch(/^\{"n":2/);
  });

  it('has the whole records before a torn end, and is not sealed', async () => {
    const reading = await readAll(journal.bytes.subarray(0, -5));
    expect(textsOf(reading)).toEqual(['one', 'two']);
    expect(reading).toMatchObject({ damaged: 1, missing: 0, sealed: false });
  });

  it('has a last record of which only the line end is missing', async () => {
    const reading = await readAll(journal.bytes.subarray(0, -1));
    expect(textsOf(reading)).toEqual(['one', 'two', 'three']);
    expect(reading).toMatchObject({ damaged: 0, sealed: false });
  });

  it('loses nothing by a block of NULs on a line of its own, however long', async () => {
    for (const length of [1, 4096, maxLineBytes * 2]) {
      const at = journal.bytes.indexOf('\n') + 1;
      const block = Buffer.concat([Buffer.alloc(length), Buffer.from('\n')]);
      const parts = [journal.bytes.subarray(0, at), block, journal.bytes.subarray(at)];
      const reading = await readAll(Buffer.concat(parts));
      expect(textsOf(reading)).toEqual(['one', 'two', 'three']);
      expect(reading.damaged).toBe(1);
    }
  });

  it('loses the two records that were glued together, and no other', async () => {
    const at = journal.bytes.indexOf('\n');
    const glued = Buffer.concat([journal.bytes.subarray(0, at), journal.bytes.subarray(at + 1)]);
    expect(textsOf(await readAll(glued))).toEqual(['three']);
  });

  it('never takes a record from the inside of another one', async () => {
    const inner = lineBytes(2, '{"v":1,"t":"","k":"note","text":"forged"}').toString().trim();
    const definition = { evil: JSON.parse(inner) as unknown };
    const { bytes } = writtenJournal([{ ...startRecord(), definition } as never]);
    const start = bytes.indexOf('{"n":2');
    expect(start).toBeGreaterThan(0);
    const torn = bytes.subarray(0, start + inner.length);
    const cases = [torn, Buffer.concat([torn, Buffer.from('\n')]), bytes.subarray(0, -2)];
    for (const one of cases) expect(textsOf(await readAll(one))).toEqual([]);
  });

  it('has a record once that was written twice, and no damage', async () => {
    const twice = Buffer.concat([journal.bytes, journal.bytes]);
    const reading = await readAll(twice);
    expect(textsOf(reading)).toEqual(['one', 'two', 'three']);
    expect(reading.damaged).toBe(0);
  });

  it.each([
    ['that was torn', [3]],
    ['that was torn twice', [40, 60]],
    ['that was torn right before its end', [-2]],
  ])('has a record %s and written again, and no damage', async (_, cuts) => {
    const [one, two, three] = journal.bytes.toString().split('\n') as [string, string, string];
    const torn = cuts.map((cut) => two.slice(0, cut));
    const reading = await readAll(Buffer.from(`${[one, ...torn, two, three].join('\n')}\n`));
    expect(textsOf(reading)).toEqual(['one', 'two', 'three']);
    expect(reading).toMatchObject({ damaged: 0, missing: 0, damagedRanges: [] });
    const lost = await readAll(Buffer.from(`${[one, ...torn, three].join('\n')}\n`));
    // Three bytes may be the beginning of any record: then only its number is missing.
    expect(lost).toMatchObject({ damaged: cuts[0] === 3 ? 0 : cuts.length, missing: 1 });
  });

  it('has what two writers wrote under the same number', async () => {
    const other = writtenJournal([note('uno')]).bytes;
    const reading = await readAll(Buffer.concat([journal.bytes, other]));
    expect(textsOf(reading)).toEqual(['one', 'two', 'three', 'uno']);
  });

  it.each([
    ['one byte less', maxLineBytes - 1, true],
    ['just as much', maxLineBytes, true],
    ['one byte more', maxLineBytes + 1, false],
  ])('reads lines up to the limit: %s', async (_, length, isRead) => {
    const empty = lineBytes(1, '{"v":1,"t":"","k":"note","text":""}').length - 1;
    const text = 'x'.repeat(length - empty);
    const line = lineBytes(1, `{"v":1,"t":"","k":"note","text":"${text}"}`);
    const next = lineBytes(2, '{"v":1,"t":"","k":"note","text":"next"}');
    const reading = await readAll(Buffer.concat([line, next]));
    expect(textsOf(reading)).toEqual(isRead ? [text, 'next'] : ['next']);
  });

  it('drops records that are no records, though their checksum is right', async () => {
    const payloads = [
      'null',
      '[]',
      '7',
      '{}',
      '{"v":1,"t":"","k":"other"}',
      '{"v":1,"t":"","k":"__proto__"}',
      '{"v":1,"t":"","k":"note"}',
      '{"v":1,"t":5,"k":"note","text":""}',
      '{"v":0,"t":"","k":"note","text":""}',
      '{"v":"2","t":"","k":"note","text":""}',
      '{"v":1,"t":"","k":"message","conversation":-1,"index":0,"message":{"role":"user","text":""}}',
      '{"v":1,"t":"","k":"message","conversation":0.5,"index":0,"message":{"role":"user","text":""}}',
      '{"v":1,"t":"","k":"message","conversation":0,"index":0,"message":{"role":"system","text":""}}',
      '{"v":1,"t":"","k":"event","event":{"type":"turn.delta","turn":1,"text":"","seq":1,"atMs":1,"conversation":0}}',
      '{"v":1,"t":"","k":"event","event":{"type":"run.paused","seq":1,"atMs":1}}',
      '{"v":1,"t":"","k":"note","b":{"sha256":"../../../etc/passwd","bytes":5}}',
      `{"v":1,"t":"","k":"note","b":{"sha256":"${'a'.repeat(64)}","bytes":5}}`,
    ];
    const bytes = Buffer.concat(payloads.map((payload, index) => lineBytes(index + 1, payload)));
    const reading = await readAll(bytes);
    expect(reading.records).toEqual([]);
    expect(reading.damaged).toBe(payloads.length);
  });

  it('opens no file but those of the run', async () => {
    const fs = new MemoryFs();
    const payload = '{"v":1,"t":"","k":"note","b":{"sha256":"../../other","bytes":5}}';
    fs.put(journalPath, lineBytes(1, payload));
    await readJournal(root, runId, fs);
    expect(new Set(fs.operations.map(({ path }) => path))).toEqual(
      new Set([dirname(journalPath), journalPath]),
    );
  });
});

describe('a journal that is not for this program', () => {
  it('is of a newer version as soon as one record is; the others are read', async () => {
    const newer = lineBytes(2, '{"v":4,"t":"","k":"hologram"}');
    const reading = await readAll(Buffer.concat([writtenJournal([note('one')]).bytes, newer]));
    expect(reading).toMatchObject({ version: 'newer', damaged: 0, missing: 0, lastSeq: 2 });
    expect(textsOf(reading)).toEqual(['one']);
  });

  it.each([
    ['a text', Buffer.from('Dear diary,\ntoday\n')],
    ['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0])],
    ['other JSON lines', Buffer.from('{"type":"user"}\n{"type":"assistant"}\n')],
    ['NULs', Buffer.alloc(100)],
  ])('is foreign: %s', async (_, bytes) => {
    expect(await readBytes(bytes)).toMatchObject({ kind: 'foreign' });
  });

  it('is empty, and that is no fault', async () => {
    expect(await readAll(Buffer.alloc(0))).toMatchObject({ records: [], damaged: 0, sealed: true });
  });

  it('is missing, or cannot be read', async () => {
    const fs = new MemoryFs();
    expect(await readJournal(root, runId, fs)).toMatchObject({ kind: 'missing' });
    fs.put(journalPath, 'x');
    fs.fault = (operation) => (operation === 'readAt' ? 'EIO' : undefined);
    expect(await readJournal(root, runId, fs)).toMatchObject({ kind: 'io', final: true });
  });

  it('never makes reading throw, whatever bytes there are', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((json) => lineBytes(3, json)),
      fc
        .record({
          v: fc.constantFrom(1, 2),
          t: fc.string(),
          k: fc.constantFrom('event', 'message'),
        })
        .chain((head) => fc.jsonValue().map((rest) => ({ ...head, ...(rest as object) })))
        .map((payload) => lineBytes(4, JSON.stringify(payload))),
      fc.constantFrom(Buffer.from('\n'), Buffer.from('{"n":'), Buffer.alloc(9)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const reading = await readBytes(Buffer.concat(pieces));
        expect(['read', 'foreign']).toContain(reading.kind);
      }),
      { numRuns: 1000 },
    );
  }, 60_000);
});
