import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxLogLine } from '../../../../src/core/export/logWords.ts';
import { RunLog } from '../../../../src/core/export/runLog.ts';
import type { RunStarted } from '../../../../src/shared/conversationEvents.ts';
import { applyRunEvent, startRunState } from '../../../../src/shared/runState.ts';
import { failure, type LaterEvent, RunScript } from '../../../support/panel/runScript.ts';

const forged = '00:01.242  r3  p1/2  first  t1  ← read_file ok 38 ms 1.2 kB';

const pieces = fc.oneof(
  fc.constantFrom('\n', '\r', '\r\n', '\u0085', '\u2028', '\u2029', '\v', '\f', '\0', '\b', '\t'),
  fc.constantFrom(
    '\x1b[2J',
    '\x1b[1A',
    '\x1b]0;title\x07',
    '\x9b1A',
    '\x1b',
    '\x1bc',
    '\x1b[38;5;1m',
  ),
  fc.constantFrom(
    '\u202e',
    '\u2066',
    '\u200f',
    '\u200b',
    '\ufeff',
    '\u{e0041}',
    '\ud800',
    '\udc00',
  ),
  fc.constantFrom(forged, `\n${forged}`, `\r${forged}`, '#', 'x'.repeat(1_990), '😀'.repeat(900)),
  fc.string({ unit: 'binary' }),
);

/** Text of a model, a tool or a file that imitates log lines or steers a terminal. */
const hostile = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(''));

interface Words {
  readonly id: string;
  readonly title: string;
  readonly model: string;
  readonly tool: string;
  readonly said: string;
}

const words: fc.Arbitrary<Words> = fc.record({
  id: hostile,
  title: hostile,
  model: hostile,
  tool: hostile,
  said: hostile,
});

/** A run with hostile text in everything that others can write. */
function hostileRun({ id, title, model, tool, said }: Words): RunScript {
  const error = failure('overloaded', said);
  const request = { turn: 1, callId: said, name: tool };
  const ids = [{ id }, { id: `math.prompts.md#${id}` }];
  return new RunScript({ title, prompts: ids.map((own) => ({ ...own, name: said, model })) })
    .steps(0, { type: 'conversation.started' }, { type: 'turn.started', turn: 1, attempt: 1 })
    .steps(1, { type: 'conversation.started' })
    .steps(0, { type: 'turn.delta', turn: 1, text: said })
    .steps(0, { type: 'turn.discarded', turn: 1, attempt: 1, error })
    .steps(1, { type: 'tool.started', ...request, input: { [said]: said } })
    .steps(1, { type: 'tool.finished', ...request, output: said, isError: true })
    .steps(0, { type: 'tool.started', ...request, input: said })
    .steps(0, { type: 'tool.finished', ...request, output: said, isError: false })
    .steps(0, {
      type: 'conversation.finished',
      status: 'failed',
      reason: 'internal',
      answer: said,
      error,
    })
    .finish();
}

function forEachLine(
  script: RunScript,
  check: (line: string, event: RunStarted | LaterEvent) => void,
): void {
  const run = startRunState(script.started);
  const log = new RunLog(run, 'interleaved');
  for (const line of log.lines(script.started)) check(line, script.started);
  for (const event of script.events) {
    applyRunEvent(run, event);
    const lines = log.lines(event);
    expect(lines.length).toBeLessThanOrEqual(1);
    for (const line of lines) check(line, event);
  }
}

/** Characters that act on a terminal, break a line or hide text. Tabs do not. */
const acting = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u{e0000}-\u{e0fff}]/u;

describe('a line of the log', () => {
  it('is one line with its own origin, whatever the text', () => {
    fc.assert(
      fc.property(words, (said) => {
        forEachLine(hostileRun(said), (line, event) => {
          const place = 'conversation' in event ? `p${event.conversation + 1}/2 ` : 'all/2 ';
          expect(line.startsWith(`00:00.000  r3  ${place}`), line).toBe(true);
          expect(line).not.toMatch(acting);
          expect(line.length).toBeLessThanOrEqual(maxLogLine);
          expect(line.isWellFormed()).toBe(true);
        });
      }),
    );
  });

  it.each([
    ['lines', `${forged}\n`],
    ['escape sequences', '\x1b[2J'],
    ['unfinished escape sequences', '\x1b]0;'],
    ['marks of direction', '\u202e'],
    ['letters', 'x'],
    ['emoji', '😀'],
  ])('has at most 2,000 units for a million characters of %s', (_, unit) => {
    const said = unit.repeat(Math.ceil(1_000_000 / unit.length));
    const lines: string[] = [];
    forEachLine(hostileRun({ id: said, title: said, model: said, tool: said, said }), (line) =>
      lines.push(line),
    );
    expect(lines.length).toBe(10);
    for (const line of lines) {
      expect(line.length).toBeLessThanOrEqual(2_000);
      expect(line).toMatch(/^00:00\.000 {2}r3 {2}(?:p[12]|all)\/2 /);
      expect(line).not.toMatch(acting);
    }
  });
});
