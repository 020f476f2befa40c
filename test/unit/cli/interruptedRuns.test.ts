import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJournal } from '../../../src/core/journal/read/readJournal.ts';
import type { JournalRecord } from '../../../src/core/journal/record/journalRecord.ts';
import { encodedLine } from '../../support/journal/encodedLine.ts';
import {
  interleave,
  promptFile,
  promptFolder,
  scriptedServer,
  viaAnthropic,
} from './commandLine.ts';
import { asksFor, fails, hangs, promptIn, says, turnsIn } from './replies.ts';

interface SavedRun {
  readonly runsFolder: string;
  readonly id: string;
  readonly journal: string;
}

/** A saved run of three prompts. Its process died while the second one was in flight. */
async function interruptedRun(): Promise<SavedRun & { readonly asked: string[] }> {
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

describe('interleave resume', () => {
  it('reports the progress of the run and repeats no complete turn', async () => {
    const { runsFolder, id, asked } = await interruptedRun();
    const { code, out, err } = await interleave(['resume', id], { runsFolder });
    expect(code).toBe(0);
    expect(err).toContain('test.prompts.md was interrupted: 1 done, 1 in flight, 1 waiting.\n');
    expect(asked).toEqual(['two', 'three']);
    for (const answer of ['ONE', 'TWO', 'THREE']) expect(out).toContain(`\n  ${answer}\n`);
  });

  it('reports damaged records, and so does the list', async () => {
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

  it('sends a key to a server of the saved run only when the user names that server again', async () => {
    const { runsFolder, id, journal, asked } = await interruptedRun();
    const reading = await readJournal(runsFolder, id);
    if (reading.kind !== 'read') throw new Error(reading.kind);
    const lines = reading.records.map(
      ({ seq, at, record }) =>
        encodedLine(elsewhere(record), { seq, at, redact: (text) => text, blobBytes: 1e9 }).line,
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

/** A run of three prompts that was cancelled during the second turn of the second prompt. */
async function cancelledRun(options: readonly string[] = []) {
  const runsFolder = promptFolder({});
  const asked: string[] = [];
  const server = await scriptedServer((request) => {
    const prompt = promptIn(request);
    const turn = turnsIn(request) + 1;
    const isAgain = asked.push(`${prompt} ${turn}`) > 3;
    if (prompt !== 'two') return says(prompt.toUpperCase());
    if (turn === 1) return asksFor('sum_numbers', { numbers: [1, 2] });
    return isAgain ? says('TWO') : hangs;
  });
  const file = promptFile({ One: 'one', Two: 'two', Three: 'three' });
  const args = ['run', file, ...viaAnthropic(server.url), '--mode', 'serial', ...options];
  const outcome = await interleave(args, {
    runsFolder,
    onErr: (soFar, interrupt) => {
      if (/p2\/3 .*← sum_numbers[^\n]*\n$/.test(soFar)) setTimeout(interrupt);
    },
  });
  const [id = ''] = readdirSync(runsFolder);
  return { runsFolder, id, asked, outcome };
}

describe('a run that was cancelled', () => {
  it('says how to resume, and resumes without repeating complete turns', async () => {
    const { runsFolder, id, asked, outcome } = await cancelledRun();
    expect(outcome.code).toBe(3);
    expect(outcome.err).toMatch(`\nTo resume it, run: interleave resume ${id}\n`);
    const { code, out, err } = await interleave(['resume', id], { runsFolder });
    expect(err).toContain('test.prompts.md was cancelled: 1 done, 2 cancelled.\n');
    expect(asked).toEqual(['one 1', 'two 1', 'two 2', 'two 2', 'three 1']);
    for (const answer of ['ONE', 'TWO', 'THREE']) expect(out).toContain(`\n  ${answer}\n`);
    expect(code).toBe(0);
    expect(err).not.toContain('To resume');
  });

  it('prints its answers when nothing is left to run, and exits with 4', async () => {
    const { runsFolder, id, asked } = await cancelledRun();
    await interleave(['resume', id], { runsFolder });
    const { code, out, err } = await interleave(['resume', id], { runsFolder });
    expect([code, asked.length]).toEqual([4, 5]);
    for (const answer of ['ONE', 'TWO', 'THREE']) expect(out).toContain(`\n  ${answer}\n`);
    expect(err).toBe('Nothing of this run is left to resume. These are its answers.\n\n');
    const json = await interleave(['resume', id, '--json', '-'], { runsFolder });
    expect(JSON.parse(json.out).counts).toMatchObject({ total: 3, done: 3 });
  });

  it('does not resume what the first failure cancelled in an all-or-nothing run', async () => {
    const runsFolder = promptFolder({});
    const server = await scriptedServer([fails(400, 'invalid_request_error', 'no')]);
    const file = promptFile({ One: 'one', Two: 'two' });
    const serial = ['--mode', 'serial', '--failure', 'allOrNothing'];
    await interleave(['run', file, ...viaAnthropic(server.url), ...serial], { runsFolder });
    const [id = ''] = readdirSync(runsFolder);
    const { code, out } = await interleave(['resume', id], { runsFolder });
    expect([code, out]).toEqual([4, expect.stringContaining('1 failed, 1 cancelled')]);
    expect(server.requests).toHaveLength(1);
  });

  it('is not resumed when its result cannot be written', async () => {
    const { runsFolder, id, asked } = await cancelledRun();
    const missing = path.join(runsFolder, 'missing', 'a.json');
    const { code, err } = await interleave(['resume', id, '--json', missing], { runsFolder });
    expect([code, asked.length]).toEqual([2, 3]);
    expect(err).toMatch(/^The folder .*missing does not exist\. Nothing was sent\.\n$/);
  });

  it('writes the format of the resume command to standard output', async () => {
    const { runsFolder, id } = await cancelledRun(['--markdown', '-']);
    const { code, out } = await interleave(['resume', id, '--json', '-'], { runsFolder });
    expect([code, JSON.parse(out).counts.done]).toEqual([0, 3]);
  });

  it('resumes in its own folder only, because its tools read the files there', async () => {
    const { runsFolder, id, asked } = await cancelledRun();
    const elsewhere = await interleave(['resume', id], { runsFolder, folder: '/elsewhere' });
    expect([elsewhere.code, elsewhere.out, asked.length]).toEqual([2, '', 3]);
    expect(elsewhere.err).toBe(
      `This run was started in ${process.cwd()}, whose files its tools read. Resume it there: cd ${process.cwd()}\n`,
    );
    expect((await interleave(['resume', id], { runsFolder })).code).toBe(0);
  });
});

it('a run of version 0.1.0, without an origin, resumes from its last complete turn', async () => {
  const runsFolder = promptFolder({});
  cpSync(path.resolve('test/fixtures/runs'), runsFolder, { recursive: true });
  const [id = ''] = readdirSync(runsFolder);
  const elsewhere = await interleave(['resume', id], { runsFolder, folder: '/elsewhere' });
  expect(elsewhere.err).toMatch(/^This run was started in \/home\/me\/work, /);
  const folder = '/home/me/work';
  const { code, out, err } = await interleave(['resume', id, '--json', '-'], {
    runsFolder,
    folder,
  });
  expect(err).toContain('math.prompts.md was interrupted: 1 done, 1 in flight.\n');
  const { conversations } = JSON.parse(out);
  expect([code, ...conversations.map(({ status }: { status: string }) => status)]).toEqual([
    0,
    'done',
    'done',
  ]);
  expect(conversations[1]).toMatchObject({ answer: expect.stringContaining('17'), turns: 3 });
}, 30_000);

it('a run does not resume when its folder is gone, and shows a cd command only for a safe path', async () => {
  const runsFolder = promptFolder({});
  const server = await scriptedServer(() => hangs);
  const folder = promptFolder({ 'with space/a': '', "it's/a": '' });
  const startIn = async (current: string) => {
    const args = ['run', promptFile({ One: 'one' }), ...viaAnthropic(server.url)];
    await interleave(args, {
      ...{ runsFolder, folder: current },
      onErr: (soFar, interrupt) => {
        if (soFar.includes('p1/1')) setTimeout(interrupt);
      },
    });
    return readdirSync(runsFolder).sort().at(-1) ?? '';
  };
  const quotable = path.join(folder, 'with space');
  const ids = [await startIn(quotable), await startIn(path.join(folder, "it's"))];
  const [spaced, odd] = await Promise.all(
    ids.map((id) => interleave(['resume', id], { runsFolder })),
  );
  expect(spaced?.err).toContain(`Resume it there: cd "${quotable}"\n`);
  expect(odd?.err).toMatch(/Resume it there\.\n$/);
  rmSync(folder, { recursive: true });
  const gone = await interleave(['resume', ids[0] ?? ''], { runsFolder });
  expect([gone.code, gone.err]).toEqual([
    2,
    `This run was started in ${quotable}, which no longer exists, so it cannot be resumed. Start its prompts as a new run.\n`,
  ]);
});

it('the lock of a run is released when the program fails, so that the process ends', async () => {
  const runsFolder = promptFolder({});
  const server = await scriptedServer([says('ONE')]);
  let hasFailed = false;
  const { code, err } = await interleave(
    ['run', promptFile({ One: 'one' }), ...viaAnthropic(server.url)],
    {
      runsFolder,
      onErr: (soFar) => {
        if (hasFailed || !soFar.endsWith('\n\n')) return;
        hasFailed = true;
        throw new Error('a defect');
      },
    },
  );
  expect(code).toBe(1);
  expect(err).toContain('Interleave failed: Error: a defect');
  const [id = ''] = readdirSync(runsFolder);
  expect(readdirSync(path.join(runsFolder, id)).filter((name) => /lock/.test(name))).toEqual([]);
});

/** The same record of a run that was sent to another server. */
function elsewhere(record: JournalRecord): JournalRecord {
  const text = JSON.stringify(record);
  return JSON.parse(text.replace(/"endpoint":"[^"]*"/, '"endpoint":"https://keys.example/v1"'));
}

describe('a run in which a limit stopped conversations', () => {
  /** A kept run of two prompts whose model makes three calls, with two allowed. */
  async function stoppedRun(more: readonly string[] = ['--limit', 'toolCalls=2']) {
    const runsFolder = promptFolder({});
    const server = await scriptedServer((request) => {
      const turns = turnsIn(request);
      return turns < 3 ? asksFor('sum_numbers', { numbers: [turns, 1] }) : says('Three.');
    });
    const file = promptFile({ One: 'one', Two: 'two' });
    const ran = await interleave(
      ['run', file, ...viaAnthropic(server.url), '--log', 'none', ...more],
      { runsFolder },
    );
    const [id = ''] = readdirSync(runsFolder);
    return { ran, runsFolder, id, server };
  }

  it('says which limit to raise, and goes on with it from where it stopped', async () => {
    const { ran, runsFolder, id, server } = await stoppedRun();
    expect(ran.code).toBe(1);
    expect(ran.err).toContain(
      `To continue what a limit stopped, raise the limit: interleave resume ${id} --limit toolCalls=4\n`,
    );
    const before = server.requests.length;
    const { code, out } = await interleave(['resume', id, '--limit', 'toolCalls=4'], {
      runsFolder,
    });
    expect(code).toBe(0);
    expect(out).toContain('2 of 2 prompts done');
    expect(server.requests.length - before).toBe(2);
  });

  it.each([
    ['no limit', []],
    ['no higher limit', ['--limit', 'toolCalls=2']],
    ['another limit', ['--max-turns', '90']],
  ])('stays as it is where %s is given', async (_what, more) => {
    const { runsFolder, id, server } = await stoppedRun();
    const before = server.requests.length;
    const { code, err } = await interleave(['resume', id, ...more], { runsFolder });
    expect(code).toBe(4);
    expect(err).toContain(`raise the limit: interleave resume ${id} --limit toolCalls=4\n`);
    expect(server.requests).toHaveLength(before);
  });

  it.each([
    ['turns', ['--max-turns', '2'], ['--max-turns', '10']],
    ['turns of the run', ['--limit', 'maxRunTurns=3'], ['--limit', 'maxRunTurns=20']],
    ['calls of the run', ['--limit', 'maxRunToolCalls=3'], ['--limit', 'maxRunToolCalls=0']],
  ])('goes on with more %s', async (_what, limit, higher) => {
    const { ran, runsFolder, id } = await stoppedRun(limit);
    expect(ran.err).toContain(`interleave resume ${id} ${limit[0]}`);
    const { code, out } = await interleave(['resume', id, ...higher], { runsFolder });
    expect(out).toContain('2 of 2 prompts done');
    expect(code).toBe(0);
  });
});
