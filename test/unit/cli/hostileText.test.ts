import { expect, test } from 'vitest';
import { terminalText } from '../../../src/cli/terminalText.ts';
import { maxLogLine } from '../../../src/core/export/logWords.ts';
import { acting, hostileTexts } from '../../support/hostileText.ts';
import type { RecordedRequest, Reply } from '../../support/loopback/loopbackServer.ts';
import { interleave, promptFile, scriptedServer, viaAnthropic } from './commandLine.ts';
import { asksFor, fails, promptIn, says, turnsIn } from './replies.ts';

/** Answers keep joiners, which emoji and several scripts need. */
const actingInAnswers = new RegExp(
  acting.source.replace('[\\n\\t]', '[\\n\\t\\u200c\\u200d]'),
  'u',
);

/** Sends each text as an answer, as a tool's name, as a tool's input or as a server's error. */
function reply(request: RecordedRequest): Reply {
  const [, kind, number] = /(\w+) (\d+)/.exec(promptIn(request)) ?? [];
  const text = hostileTexts[Number(number)] ?? '';
  if (kind === 'refuse') return fails(400, 'invalid_request_error', text);
  if (turnsIn(request) > 0) return says(text);
  if (kind === 'name') return asksFor(text, { numbers: [1, 2] });
  return kind === 'input' ? asksFor('sum_numbers', { [text]: text }) : says(text);
}

const kinds = ['answer', 'refuse', 'name', 'input'] as const;

test('hostile text from a model or server neither controls the terminal nor forges a line', async () => {
  const server = await scriptedServer(reply);
  const prompts = hostileTexts.map((_, index) => {
    const kind = kinds[index % kinds.length];
    return [`Prompt ${index}`, `${kind} ${index}`] as const;
  });
  const file = promptFile(Object.fromEntries(prompts));
  const { out, err } = await interleave(['run', file, ...viaAnthropic(server.url)]);

  // All of them were sent.
  expect(server.requests.length).toBeGreaterThan(hostileTexts.length);
  const headings = out.match(/^[✓✕] \d+\. Prompt \d+ {2}\(/gm) ?? [];
  expect(headings).toHaveLength(hostileTexts.length);

  const logged = err.split('\n').filter((line) => line !== '');
  const total = hostileTexts.length;
  const ours = new RegExp(`^\\d\\d:\\d\\d\\.\\d{3}  r1  (?:p\\d+|all)/${total} `);
  expect(logged.filter((line) => !ours.test(line))).toEqual([]);
  expect(logged.filter((line) => line.length > maxLogLine)).toEqual([]);
  expect(err).not.toMatch(acting);
  // One end for each conversation: none is forged.
  const ends = /^\S+ {2}r1 {2}p\d+\/\d+ +prompt-\d+ +(?:✓ done|✕ failed|⚠ stopped) /;
  expect(logged.filter((line) => ends.test(line))).toHaveLength(total);

  const printed = out.split('\n');
  const known = /^(?:[✓✕] \d+\. Prompt \d+ {2}\(|\d+ of \d+ prompts done\b| {2}|$)/;
  expect(printed.filter((line) => !known.test(line))).toEqual([]);
  expect(out).not.toMatch(actingInAnswers);
  expect(out.isWellFormed() && err.isWellFormed()).toBe(true);
  expect(terminalText(out)).toBe(out);
}, 60_000);

test('neither do names of prompts, nor JSON and Markdown on standard output', async () => {
  const server = await scriptedServer(reply);
  const prompts = hostileTexts.map((text, index) => [
    `${text
      .slice(0, 80)
      .toWellFormed()
      .replaceAll(/[\r\n\0]/g, ' ')} ${index}`,
    `answer ${index}`,
  ]);
  const file = promptFile(Object.fromEntries(prompts));
  for (const target of ['--json', '--jsonl', '--markdown']) {
    const { out, err } = await interleave(['run', file, ...viaAnthropic(server.url), target, '-']);
    expect(out.length).toBeGreaterThan(10_000);
    expect(err).not.toMatch(acting);
    if (target !== '--markdown') expect(out).not.toMatch(acting);
    else expect(out).not.toMatch(actingInAnswers);
    if (target === '--json') expect(JSON.parse(out).counts.total).toBe(prompts.length);
    if (target === '--jsonl') expect(out.trimEnd().split('\n')).toHaveLength(prompts.length);
  }
}, 60_000);
