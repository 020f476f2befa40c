import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../src/shared/runResult.ts';
import {
  interleave,
  promptFile,
  promptFolder,
  scriptedServer,
  viaAnthropic,
} from './commandLine.ts';
import { fails, promptIn, says } from './replies.ts';

/** A server that fails every prompt but `two` until `repair` is called. */
async function failingServer() {
  const asked: string[] = [];
  let isRepaired = false;
  const server = await scriptedServer((request) => {
    const prompt = promptIn(request);
    asked.push(prompt);
    if (isRepaired || prompt === 'two') return says(prompt.toUpperCase());
    return fails(400, 'invalid_request_error', 'no');
  });
  const repair = (): void => {
    isRepaired = true;
    asked.length = 0;
  };
  return { server, asked, repair };
}

/** A run of three prompts, two of which failed, and its result. All later requests succeed. */
async function failedRun() {
  const { server, asked, repair } = await failingServer();
  const file = promptFile({ One: 'one', Two: 'two', Three: 'three' });
  const result = path.join(path.dirname(file), 'result.json');
  const args = ['run', file, ...viaAnthropic(server.url), '--mode', 'serial'];
  expect((await interleave([...args, '--json', result])).code).toBe(1);
  repair();
  return { args, file, result, asked };
}

describe('--rerun-failed', () => {
  it('runs the prompts that are not done in the result, and does not change the result', async () => {
    const { args, result, asked } = await failedRun();
    const before = readFileSync(result, 'utf8');
    const { code, out } = await interleave([...args, '--rerun-failed', result]);
    expect([code, asked]).toEqual([0, ['one', 'three']]);
    expect(out).toContain('2 of 2 prompts done');
    expect(readFileSync(result, 'utf8')).toBe(before);
  });

  it('distinguishes the prompts of files with the same name', async () => {
    const { server, asked } = await failingServer();
    const folder = promptFolder({
      'a/x.prompts.md': '## A\n\none',
      'b/x.prompts.md': '## A\n\ntwo',
    });
    const result = path.join(folder, 'result.json');
    const args = ['run', folder, ...viaAnthropic(server.url), '--mode', 'serial'];
    await interleave([...args, '--json', result]);
    expect(asked).toEqual(['one', 'two']);
    await interleave([...args, '--rerun-failed', result]);
    expect(asked).toEqual(['one', 'two', 'one']);
  });

  /** A result of files with the same name in several folders, with the ids of earlier versions. */
  async function resultOfEarlierVersion(texts: { readonly [folder: string]: string }) {
    const { server, asked, repair } = await failingServer();
    const files = Object.entries(texts).map(([name, text]) => [`${name}/x.prompts.md`, text]);
    const folder = promptFolder(Object.fromEntries(files));
    const result = path.join(folder, 'result.json');
    const args = ['run', folder, ...viaAnthropic(server.url), '--mode', 'serial'];
    await interleave([...args, '--json', result], { folder });
    const read = JSON.parse(readFileSync(result, 'utf8')) as RunResult;
    const conversations = read.conversations.map((each) => ({
      ...each,
      id: each.id.replace(/^.*\//, ''),
    }));
    expect(conversations[0]?.id).toBe('x.prompts.md#a');
    writeFileSync(result, JSON.stringify({ ...read, conversations }));
    repair();
    return { args: [...args, '--rerun-failed', result], folder, asked };
  }

  it('accepts results of earlier versions, whose ids have no folders', async () => {
    const { args, folder, asked } = await resultOfEarlierVersion({
      a: '## A\n\none\n\n## B\n\ntwo',
    });
    writeFileSync(path.join(folder, 'a', 'x.prompts.md'), '## A\n\nfour\n\n## B\n\ntwo');
    const { code, err } = await interleave([...args, '--log', 'none'], { folder });
    expect([code, asked]).toEqual([0, ['four']]);
    expect(err).toMatch(/^a\/x\.prompts\.md#a has another text than in that run\. It runs with/);
  });

  it('reports a prompt of an earlier version that matches several files', async () => {
    const { args, folder, asked } = await resultOfEarlierVersion({ a: '## A\n\none' });
    for (const [name, text] of [
      ['a', 'three'],
      ['b', 'four'],
    ] as const) {
      mkdirSync(path.join(folder, name), { recursive: true });
      writeFileSync(path.join(folder, name, 'x.prompts.md'), `## A\n\n${text}`);
    }
    const { code, err } = await interleave(args, { folder });
    expect([code, asked]).toEqual([2, []]);
    expect(err).toBe(
      'x.prompts.md#a matches several prompts and is left out. Use --select, without --rerun-failed, to run the right one.\nNothing was sent.\n',
    );
  });

  it('can be combined with --select', async () => {
    const { args, result, asked } = await failedRun();
    const select = ['--rerun-failed', result, '--select', 'Three'];
    expect((await interleave([...args, ...select])).code).toBe(0);
    expect(asked).toEqual(['three']);
  });

  it('reports the number of missing prompts', async () => {
    const { args, file, result, asked } = await failedRun();
    writeFileSync(file, '## One\n\none\n\n## Two\n\ntwo\n');
    const { code, err } = await interleave([...args, '--rerun-failed', result]);
    expect([code, asked]).toEqual([0, ['one']]);
    expect(err).toContain(`1 prompt of ${result} not found and left out.\n`);
  });

  it('exits with 4 when everything is done', async () => {
    const { args, result, asked } = await failedRun();
    const second = `${result}.2`;
    await interleave([...args, '--rerun-failed', result, '--json', second]);
    asked.length = 0;
    const { code, out, err } = await interleave([...args, '--rerun-failed', second]);
    expect([code, out, err]).toEqual([4, '', `Every prompt of ${second} is done.\n`]);
    expect(asked).toEqual([]);
  });

  it.each<[string, (file: string) => readonly string[], RegExp]>([
    ['a missing file', (file) => [`${file}.no`], /result\.json\.no does not exist\.\n$/],
    ['a file that is not a result', () => ['package.json'], /^package\.json is not a result that/],
    ['a result that would be replaced', (file) => [file, '--json', file], /to another file\.\n$/],
  ])('refuses %s', async (_, options, message) => {
    const { args, result, asked } = await failedRun();
    const { code, out, err } = await interleave([...args, '--rerun-failed', ...options(result)]);
    expect([code, out, asked]).toEqual([2, '', []]);
    expect(err).toMatch(message);
  });

  it('refuses the result of other prompts, and says which paths to give', async () => {
    const { args, result, asked } = await failedRun();
    const [, , ...rest] = args;
    const other = promptFile({ Four: 'four' });
    const { code, err } = await interleave(['run', other, ...rest, '--rerun-failed', result]);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toMatch(/^None of the unfinished prompts of .* was found\. Give the same/);
  });
});
