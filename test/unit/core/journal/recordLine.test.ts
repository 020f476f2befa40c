import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLine } from '../../../../src/core/journal/record/recordLine.ts';
import { anyRecord } from '../../../support/journal/anyRecord.ts';
import { readBytes } from '../../../support/journal/damage.ts';
import { encodedLine, lineBytes } from '../../../support/journal/encodedLine.ts';

const encoding = { seq: 1, at: '2026-11-20T12:00:00.000Z', redact: (text: string) => text };

describe('a line of a journal', () => {
  it('has its number, the checksum of the payload from the number on, and the payload', () => {
    expect(lineBytes(7, '{"v":1}').toString()).toBe('{"n":7,"c":"417cd9b3","p":{"v":1}}\n');
  });

  it('is read as it was written', () => {
    expect(decodeLine(lineBytes(7, '{"v":1}').subarray(0, -1))).toEqual({
      seq: 7,
      checksum: '417cd9b3',
      payload: { v: 1 },
    });
  });

  it('is refused under another number, though the payload is whole', () => {
    const line = lineBytes(7, '{"v":1}').toString().trimEnd();
    expect(decodeLine(Buffer.from(line.replace('"n":7', '"n":8')))).toBeUndefined();
  });

  it('is refused when any one bit of it differs', () => {
    const line = lineBytes(12, '{"v":1,"k":"note","text":"é"}').subarray(0, -1);
    for (let bit = 0; bit < line.length * 8; bit++) {
      const copy = Buffer.from(line);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      expect(decodeLine(copy), `bit ${bit}`).toBeUndefined();
    }
  });

  it('survives NULs before and after it', () => {
    const line = lineBytes(7, '{"v":1}').subarray(0, -1);
    const padded = Buffer.concat([Buffer.alloc(5), line, Buffer.alloc(3)]);
    expect(decodeLine(padded)?.seq).toBe(7);
  });

  it.each(['', '{}', '\0\0', '{"n":0,"c":"00000000","p":{}}', '{"n":01,"c":"00000000","p":{}}'])(
    'is not %j',
    (text) => expect(decodeLine(Buffer.from(text))).toBeUndefined(),
  );

  it('gives any record back as it was, and never has a line end inside', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecord, fc.constantFrom(0, 40, 1000), async (record, blobBytes) => {
        const { line, blob } = encodedLine(record, { ...encoding, blobBytes });
        expect(line.indexOf('\n')).toBe(line.length - 1);
        const blobs = new Map<string, Buffer>();
        if (blob)
          blobs.set(`/journals/01KAF1XYZ0ABCDEFGHJKMNPQRS/blobs/${blob.ref.sha256}`, blob.content);
        const reading = await readBytes(line, blobs);
        expect(reading).toMatchObject({ kind: 'read', damaged: 0 });
        if (reading.kind === 'read') expect(reading.records[0]?.record).toEqual(record);
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});

describe('encodeRecord', () => {
  const size = Buffer.byteLength('{"text":"aaaa"}');

  it.each([
    [size - 1, true],
    [size, false],
    [size + 1, false],
  ])('puts a record of 15 bytes into a file of its own above a limit: %i', (blobBytes, isBlob) => {
    const record = { kind: 'note', text: 'aaaa' } as const;
    const encoded = encodedLine(record, { ...encoding, blobBytes });
    expect(encoded.blob !== undefined).toBe(isBlob);
  });

  it('takes secrets out of values and names, however deep', () => {
    const redact = (text: string): string => text.replaceAll('sk-canary-1234567890', '•••');
    const definition = {
      note: 'my key is sk-canary-1234567890.',
      list: [{ 'sk-canary-1234567890': ['sk-canary-1234567890'] }],
    };
    const started = { ...startedRun, title: 'sk-canary-1234567890' };
    const record = { kind: 'run.start', started, definition } as const;
    const { line } = encodedLine(record, { ...encoding, redact, blobBytes: 100_000 });
    expect(line.toString()).not.toContain('canary');
    expect(line.toString()).toContain('"list":[{"•••":["•••"]}]');
  });

  it('writes nothing that could not be checked for secrets', () => {
    const redact = (): string => {
      throw new Error('out of order');
    };
    const { line } = encodedLine(
      { kind: 'note', text: 'sk-canary' },
      { ...encoding, redact, blobBytes: 1000 },
    );
    expect(line.toString()).not.toContain('canary');
  });
});

const startedRun = {
  type: 'run.started',
  id: '01KAF1XYZ0ABCDEFGHJKMNPQRS',
  number: 1,
  title: '',
  startedAt: '',
  simulated: false,
  agent: {
    name: '',
    provider: '',
    model: '',
    tools: [],
    mode: 'concurrent',
    toolExecution: 'serial',
    concurrency: 'auto',
  },
  conversations: [],
} as const;
