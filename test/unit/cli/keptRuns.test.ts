import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeRecord } from '../../../src/core/journal/encodeRecord.ts';
import type { JournalRecord } from '../../../src/core/journal/journalRecord.ts';
import { readJournal } from '../../../src/core/journal/readJournal.ts';
import {
  interleave,
  promptFile,
  promptFolder,
  scriptedServer,
  viaAnthropic,
} from './commandLine.ts';
import { promptIn, says } from './replies.ts';

interface KeptRun {
  readonly runsFolder: string;
  readonly id: string;
  readonly journal: string;
}

/** A run of three prompts that is kept and whose process died while the second was in flight. */
async function interruptedRun(): Promise<KeptRun & { readonly asked: string[] }> {
  const runsFolder = promptFolder({});
  const asked: string[] = [];
  const server = await scriptedServer((request) => {
    asked.push(promptIn(request));
    return says(promptIn(request).toUpperCase());
  });
  const file = promptFile({ One: 'one', Two: 'two', Three: 'three' });
  const args = ['run', file, ...viaAnthropic(server.url), '--mode', 'serial'];
  await interleave(args, { runsFolder });
  const [id = ''] = readdirSync(runsFolder);
  const journal = path.join(runsFolder, id, 'journal.jsonl');
  rmSync(path.join(runsFolder, id, 'summary.json'));
  const lines = readFileSync(journal, 'utf8').split('\n');
  const end = lines.findIndex((line) => /"turn.started".*"conversation":1/.test(line));
  expect(end).toBeGreaterThan(0);
  writeFileSync(journal, `${lines.slice(0, end + 1).join('\n')}\n`);
  asked.length = 0;
  return { runsFolder, id, journal, asked };
}

describe('interleave resume', { timeout: 30_000 }, () => {
  it('says how far the run was, and asks for nothing again that is there', async () => {
    const { runsFolder, id, asked } = await interruptedRun();
    const { code, out, err } = await interleave(['resume', id], { runsFolder });
    expect(code).toBe(0);
    expect(err).toContain('test.prompts.md was interrupted: 1 done, 1 in flight, 1 waiting.\n');
    expect(asked).toEqual(['two', 'three']);
    for (const answer of ['ONE', 'TWO', 'THREE']) expect(out).toContain(`\n  ${answer}\n`);
  });

  it('says how much of it is damaged, and so does the list', async () => {
    const { runsFolder, id, journal } = await interruptedRun();
    const text = readFileSync(journal, 'utf8');
    const started = '"type":"turn.started","turn":1';
    writeFileSync(journal, text.replace(started, started.replace('1', '7')));
    const list = await interleave(['runs'], { runsFolder });
    expect(list.err).toBe(`${id}: 1 damaged record skipped.\n`);
    const { code, err } = await interleave(['resume', id], { runsFolder });
    expect(code).toBe(0);
    expect(err).toContain('\n1 damaged record skipped.\n');
    expect(readdirSync(path.dirname(journal))).toContain('journal.corrupt');
  });

  it('sends a key to a server of the file only when a person names that server again', async () => {
    const { runsFolder, id, journal, asked } = await interruptedRun();
    const reading = await readJournal(runsFolder, id);
    if (reading.kind !== 'read') throw new Error(reading.kind);
    const lines = reading.records.map(
      ({ seq, at, record }) =>
        encodeRecord(elsewhere(record), { seq, at, redact: (text) => text, blobBytes: 1e9 }).line,
    );
    writeFileSync(journal, Buffer.concat(lines));
    const { code, err } = await interleave(['resume', id], { runsFolder });
    expect(code).toBe(2);
    expect(err).toBe(
      'This run was sent to https://keys.example/v1. To send your key there again, repeat the command with --base-url https://keys.example/v1\n',
    );
    expect(asked).toEqual([]);
    const wrong = await interleave(['resume', id, '--base-url', 'https://other.example'], {
      runsFolder,
    });
    expect(wrong.code).toBe(2);
  });
});

/** The same record, but of a run that was sent to a server somewhere else. */
function elsewhere(record: JournalRecord): JournalRecord {
  const text = JSON.stringify(record);
  return JSON.parse(text.replace(/"baseUrl":"[^"]*"/, '"baseUrl":"https://keys.example/v1"'));
}
