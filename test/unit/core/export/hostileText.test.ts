import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../../src/core/base/text.ts';
import { maxLogLine } from '../../../../src/core/export/logWords.ts';
import { RunLog } from '../../../../src/core/export/runLog.ts';
import { applyRunEvent, startRunState } from '../../../../src/shared/runState.ts';
import { foreignSecrets } from '../../../support/canaries.ts';
import { acting, hostileTexts } from '../../../support/hostileText.ts';
import { failure, RunScript } from '../../../support/panel/runScript.ts';

/** A run with this text in every field that others can write. */
function runOf(text: string): RunScript {
  const error = failure('overloaded', text, { requestId: text });
  const call = { turn: 1, callId: text, name: text };
  const prompts = [{ id: text, name: text, model: text, prompt: text }, { name: 'second' }];
  return new RunScript({ title: text, prompts })
    .steps(0, { type: 'conversation.started' }, { type: 'turn.started', turn: 1, attempt: 2 })
    .steps(0, { type: 'turn.discarded', turn: 1, attempt: 1, error })
    .steps(0, { type: 'tool.started', ...call, input: { [text]: [text] } })
    .steps(0, { type: 'tool.finished', ...call, output: text, isError: true })
    .steps(1, { type: 'conversation.started' }, { type: 'turn.started', turn: 1, attempt: 1 })
    .steps(0, { type: 'tool.started', ...call, callId: 'b', input: text })
    .steps(0, { type: 'tool.finished', ...call, callId: 'b', output: text, isError: false })
    .pause(error)
    .resume()
    .steps(0, {
      type: 'conversation.finished',
      status: 'failed',
      reason: 'internal',
      answer: text,
      error,
    })
    .finish();
}

function linesOf(script: RunScript): readonly string[] {
  const run = startRunState(script.started);
  const log = new RunLog(run, 'interleaved');
  const first = log.lines(script.started);
  return [
    ...first,
    ...script.events.flatMap((event) => {
      applyRunEvent(run, event);
      return log.lines(event);
    }),
  ];
}

describe('a log of hostile texts', () => {
  it('covers at least 150 texts', () => {
    expect(hostileTexts.length).toBeGreaterThanOrEqual(150);
  });

  it.each(hostileTexts.map((text) => [JSON.stringify(text).slice(0, 60), text]))(
    'has only its own lines: %s',
    (_, text) => {
      const lines = linesOf(runOf(text));
      expect(lines.length).toBeGreaterThan(10);
      for (const line of lines) {
        expect(line).toMatch(/^00:00\.000 {2}r3 {2}(?:p[12]|all)\/2 /);
        expect(line).not.toContain('\n');
        expect(line).not.toMatch(acting);
        expect(line.length).toBeLessThanOrEqual(maxLogLine);
        expect(line.isWellFormed()).toBe(true);
        // Idempotent, so that a program that shows the log again changes nothing.
        expect(visibleText(line)).toBe(line);
        // The rest of a terminal sequence is never a sequence itself.
        expect(JSON.parse(JSON.stringify(line))).toBe(line);
      }
    },
  );
});

describe('a secret in a log of hostile texts', () => {
  const secrets = [...foreignSecrets].filter(
    ([name]) => !/bearer|basic|password|userinfo/.test(name),
  );

  it.each(secrets)('is not rebuilt when other text is removed: %s', (_, secret) => {
    const half = Math.ceil(secret.length / 2);
    const colours = ['\u001b[31m', '\u009b0m', '\u001b]0;x\u0007', '\u001b(B'];
    for (const colour of colours) {
      const split = secret.slice(0, half) + colour + secret.slice(half);
      for (const text of [colour + secret, split, `x ${split} ${split}`]) {
        for (const line of linesOf(runOf(text))) expect(line).not.toContain(secret);
      }
    }
  });
});
