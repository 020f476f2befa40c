import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  interleave,
  promptFile,
  promptFolder,
  scriptedServer,
  viaAnthropic,
} from './commandLine.ts';
import { asksFor, fails, hangs, promptIn, says } from './replies.ts';

const hostile = 'a & <b> "c" ]]> \x00\x1b[31m \ud800 é';

/** A run with one prompt for each outcome, and a name that XML must escape. */
async function junitOf(target: string) {
  const server = await scriptedServer((request) => {
    const prompt = promptIn(request);
    if (prompt === 'fail') return fails(400, 'invalid_request_error', hostile);
    if (prompt === 'stop') return asksFor('sum_numbers', { numbers: [1, 2] });
    return prompt === 'hang' ? hangs : says(hostile);
  });
  const file = promptFile({ 'Say <&">': 'say', Fail: 'fail', Stop: 'stop', Hang: 'hang' });
  const args = ['run', file, ...viaAnthropic(server.url), '--mode', 'serial', '--max-turns', '1'];
  return interleave([...args, '--junit', target], {
    folder: path.dirname(file),
    onErr: (soFar, interrupt) => {
      if (/p4\/4 .*▶[^\n]*\n$/.test(soFar)) interrupt();
    },
  });
}

/** The tags of a report with their attributes, and the texts, in order. */
function readXml(xml: string) {
  const plain = (text: string): string =>
    text.replaceAll(/&(amp|lt|gt|quot);/g, (_, name: keyof typeof entities) => entities[name]);
  // The report consists of tags and plain text only: the pieces add up to the whole.
  const pieces = [...xml.matchAll(/<(\/?[\w-]+)((?: [\w]+="[^"<]*")*)\/?>|([^<>]+)/g)];
  expect(pieces.map(([whole]) => whole).join('')).toBe(xml);
  const tags = pieces.flatMap(([, tag, given = '']) => {
    const pairs = [...given.matchAll(/ (\w+)="([^"]*)"/g)];
    const attributes = pairs.map(([, name = '', value = '']) => [name, plain(value)]);
    return tag === undefined ? [] : [{ tag, attributes: Object.fromEntries(attributes) }];
  });
  const texts = pieces.flatMap(([, , , text]) => (text?.trim() ? [plain(text)] : []));
  return { tags, texts };
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"' };
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

describe('--junit', () => {
  it('writes the counts, and for each prompt a test case with its outcome', async () => {
    const target = path.join(promptFolder({}), 'junit.xml');
    expect(await junitOf(target)).toMatchObject({ code: 3 });
    const xml = readFileSync(target, 'utf8');
    expect(xml.startsWith(declaration)).toBe(true);
    const { tags, texts } = readXml(xml.slice(declaration.length));
    const suite = tags.find(({ tag }) => tag === 'testsuite')!.attributes;
    expect(suite).toMatchObject({ name: 'test.prompts.md', tests: '4', failures: '2' });
    expect(suite).toMatchObject({ errors: '0', skipped: '1' });
    const cases = tags.filter(({ tag }) => tag === 'testcase');
    expect(cases).toEqual(
      ['Say <&">', 'Fail', 'Stop', 'Hang'].map((name) => ({
        tag: 'testcase',
        attributes: {
          name,
          classname: 'test.prompts.md',
          time: expect.stringMatching(/^\d+\.\d{3}$/),
        },
      })),
    );
    const inside = tags.slice(2).filter(({ tag }) => !/^\/|^testcase$/.test(tag));
    expect(inside).toMatchObject([
      { tag: 'system-out' },
      {
        tag: 'failure',
        attributes: { type: 'invalid_request', message: expect.stringContaining('a & <b> "c"') },
      },
      { tag: 'failure', attributes: { type: 'max_turns', message: 'stopped: max_turns' } },
      { tag: 'skipped' },
    ]);
    expect(texts).toEqual(['a & <b> "c" ]]> \ufffd\ufffd[31m \ufffd é']);
  });

  it('is the only output with -, and cannot control a terminal', async () => {
    const { out } = await junitOf('-');
    expect(out.startsWith(declaration)).toBe(true);
    expect(out).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(readXml(out.slice(declaration.length)).texts).toHaveLength(1);
  });
});
