import { cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { guardLimits, limitNames, limits } from '../../../src/core/base/limits.ts';
import { limitFlag, limitFlagNames } from '../../../src/core/base/limitValues.ts';
import type { Replies } from '../../support/loopback/loopbackServer.ts';
import { settled } from '../../support/settled.ts';
import { interleave, promptFile, promptFolder } from '../cli/commandLine.ts';
import { turnsIn } from '../cli/replies.ts';
import { answers, callsFor, limitArgs, runAt, runUnderClock, sums } from './commandLineRuns.ts';

const root = path.join(import.meta.dirname, '../../..');

function count(value: number): string {
  return value.toLocaleString('en-US');
}

describe('Every limit', () => {
  it('is listed by interleave limits, with its option, default and range', async () => {
    const { code, out, err } = await interleave(['limits']);
    expect([code, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(limitNames.length + 1);
    for (const [index, name] of limitNames.entries()) {
      const { default: usual, unit, minimum, maximum, what } = limits[name];
      const byDefault = usual === 0 ? 'none' : `${count(usual)} ${unit}`;
      const means = usual === 0 ? `${what}; 0 for no limit` : what;
      expect(lines[index + 1]?.split(/ {2,}/)).toEqual([
        ...[limitFlag(name), byDefault, `${count(minimum)} to ${count(maximum)}`, means],
      ]);
    }
  });

  it('has an option that interleave run accepts within the range and not beyond', async () => {
    const { out } = await interleave(['run', '--help']);
    expect(out).toContain('--limit <NAME=N>');
    expect(out.replaceAll(/\s+/g, ' ')).toContain('interleave limits lists them');
    const file = promptFile({ One: 'one' });
    const base = ['run', file, '--provider', 'demo', '--model', 'demo-fast', '--json', '-'];
    for (const name of limitNames) {
      const { minimum, maximum, flag } = { flag: '--limit', ...limits[name] };
      expect(out).toContain(`${flag} <`);
      const beyond = [maximum + 1, ...(minimum > 0 ? [minimum - 1] : [])];
      for (const value of beyond) {
        const refused = await interleave([...base, ...limitArgs(name, value)]);
        expect([refused.code, refused.out], `${name} ${value}`).toEqual([2, '']);
      }
    }
  });

  it('is documented in docs/limits.md, whose rows `npm run generated` checks', () => {
    const text = readFileSync(path.join(root, 'docs/limits.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(\w+)`: .*$/gm)];
    expect(rows.map(([, name]) => name)).toEqual(limitNames);
    expect(readFileSync(path.join(root, 'README.md'), 'utf8')).toContain('docs/limits.md');
  });

  it('that is a guard is set by --limit', () => {
    expect(limitFlagNames).toEqual(expect.arrayContaining(Object.keys(guardLimits)));
  });
});

describe('A run that is too large', () => {
  it('is rejected with counts and how to raise the limit; nothing is sent', async () => {
    const place = promptFile({ A: 'a', B: 'b', C: 'c' });
    const ran = await runAt({ replies: [], place, args: limitArgs('conversations', 2) });
    expect(ran.outcome).toEqual({
      code: 2,
      out: '',
      err: '3 prompts are chosen; a run may have 2. Choose fewer, or raise the limit with --limit conversations=N.\n',
    });
    expect(ran.server.requests).toEqual([]);
  });

  it('because of its file says so at the file', async () => {
    const folder = promptFolder({ 'a.prompt.md': 'x'.repeat(1_001) });
    const ran = await runAt({ replies: [], place: folder, args: limitArgs('promptKB', 1) });
    expect(ran.outcome.err).toContain('This file has 1,001 bytes; the limit is 1,000 (1 KB).');
    expect(ran.server.requests).toEqual([]);
  });
});

describe('A resumed run', () => {
  /** Exit code and reason of a run that is interrupted after a tool call and resumed. */
  async function resumed(more: readonly string[]): Promise<readonly [number, string]> {
    const [runsFolder, copy] = [promptFolder({}), promptFolder({})];
    const { promise, resolve } = Promise.withResolvers<void>();
    let isCopied = false;
    const replies: Replies = (request) => {
      if (turnsIn(request) === 1 && !isCopied) return [{ do: 'wait', for: promise }];
      const turn = turnsIn(request);
      return turn < 5 ? callsFor(sums(turn + 1).slice(-1), turn + 1) : answers('Done.');
    };
    let outcome = '';
    await runUnderClock(
      { replies, args: limitArgs('toolCalls', 2), runsFolder },
      async ({ arrived, clock }) => {
        await arrived(2);
        await clock.advance(1_000);
        await settled();
        // As if the process had died here: nobody holds the lock.
        cpSync(runsFolder, copy, {
          recursive: true,
          filter: (name) => !/lock/.test(path.basename(name)),
        });
        isCopied = true;
        const [id = ''] = readdirSync(copy);
        const { code, out } = await interleave(['resume', id, '--json', '-', ...more], {
          runsFolder: copy,
        });
        outcome = `${code} ${JSON.parse(out).conversations[0].reason}`;
        resolve();
      },
    );
    const [code = '', reason = ''] = outcome.split(' ');
    return [Number(code), reason];
  }

  it('keeps its limits', async () => {
    expect(await resumed([])).toEqual([1, 'max_tool_calls']);
  });

  it('uses limits that are given on resume', async () => {
    expect(await resumed(limitArgs('toolCalls', 20))).toEqual([0, 'final']);
  });
});
