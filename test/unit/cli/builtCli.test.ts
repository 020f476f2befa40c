import type { ChildProcess, StdioOptions } from 'node:child_process';
import { closeSync, openSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runResultSchema } from '../../../src/core/export/resultSchema.ts';
import { ToolWorkers } from '../../../src/core/tools/workers/toolWorkers.ts';
import { type BuiltCli, buildCli, exitOf } from '../../support/builtCli.ts';
import { promptFolder } from './commandLine.ts';

let cli: BuiltCli;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

function start(args: readonly string[], cwd: string, stdio: StdioOptions = 'pipe'): ChildProcess {
  return cli.start(args, cwd, { stdio });
}

describe('the built command line', () => {
  it('has its parts, its tools and its search worker in one folder', async () => {
    const workspace = promptFolder({
      'src/format.ts': 'export function parsePrice() {}\n',
      'ask.prompts.md':
        '## Search\n\nList the files in `src`, then search for `parsePrice`.\n\n## Sum\n\nSum 2 and 3.\n',
    });
    const args = ['run', 'ask.prompts.md', '--provider', 'demo', '--model', 'demo-fast'];
    const { code, out, err } = await exitOf(start([...args, '--json', '-'], workspace));
    expect(code, err).toBe(0);
    const { simulated, conversations } = runResultSchema.parse(JSON.parse(out));
    expect(simulated).toBe(true);
    const calls = conversations[0]!.toolCalls.map(({ name, isError, output }) => [
      name,
      isError,
      output,
    ]);
    expect(calls).toEqual([
      ['list_files', false, expect.stringContaining('src/format.ts')],
      ['search_text', false, expect.stringContaining('src/format.ts:1: export function parse')],
    ]);
    expect(conversations[1]!.answer).toContain('**5**');
    expect(err).toMatch(/^00:00\.\d{3} {2}r1 {2}all\/2 /);
  });

  it('has the interpreter and the reader of HTML for its worker threads', async () => {
    const script = path.join(cli.folder, 'tool-worker.js');
    const workers = new ToolWorkers({ script, threads: 1 });
    const options = { signal: new AbortController().signal };
    const input = { name: 'run_javascript', input: { code: '6 * 7' } };
    expect(await workers.run({ kind: 'tool', input }, options)).toBe('=> 42');
    const page = { html: '<h1>Title</h1>', url: 'https://example.com/' };
    expect(await workers.run({ kind: 'html', input: page }, options)).toBe('# Title');
    workers.dispose();
  });

  it('prints its version, and exits with 2 when no key is set', async () => {
    const workspace = promptFolder({ 'a.prompts.md': '## A\n\na' });
    const version = await exitOf(start(['--version'], workspace));
    expect(version).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' });
    const keyless = await exitOf(start(['run', '.'], workspace));
    expect([keyless.code, keyless.out]).toEqual([2, '']);
    expect(keyless.err).toMatch(/^No key is set\. Set ANTHROPIC_API_KEY or OPENAI_API_KEY/);
  });

  it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'prints finished answers after %s, says how to resume, and exits with 3',
    async (signal) => {
      const slow = '<!-- interleave\nmodel: demo-slow\n-->\n\nSum 2 and 3, then multiply it by 4.';
      const workspace = promptFolder({
        'a.prompts.md': `## Fast\n\nSum 2 and 3.\n\n## Slow\n\n${slow}\n`,
      });
      const args = ['run', 'a.prompts.md', '--provider', 'demo', '--model', 'demo-fast'];
      const child = start(args, workspace);
      const exit = exitOf(child);
      let log = '';
      // Once only: a second signal ends the process at once.
      const interruptOnce = (chunk: Buffer): void => {
        log += chunk;
        if (!/p1\/2 .*✓ done/.test(log)) return;
        child.stderr?.off('data', interruptOnce);
        child.kill(signal);
      };
      child.stderr?.on('data', interruptOnce);
      const { code, out, err } = await exit;
      expect(code).toBe(3);
      expect(out).toMatch(/✓ 1\. Fast[\s\S]*\*\*5\*\*[\s\S]*⊘ 2\. Slow .*\n {2}cancelled\n/);
      const [id] = readdirSync(path.join(workspace, 'interleave', 'runs'));
      expect(err).toMatch(`\nTo resume it, run: interleave resume ${id}\n`);
    },
  );

  it.skipIf(process.platform !== 'linux')(
    'reports that standard output cannot be written, saves the answers, and exits with 1',
    async () => {
      const workspace = promptFolder({ 'a.prompts.md': '## A\n\nSum 2 and 3.' });
      const args = ['run', '.', '--provider', 'demo', '--model', 'demo-fast', '--log', 'none'];
      const full = openSync('/dev/full', 'w');
      const { code, err } = await exitOf(start(args, workspace, ['pipe', full, 'pipe']));
      closeSync(full);
      expect([code, err]).toEqual([
        1,
        'Standard output cannot be written: the disk is full. Answers of a run are saved: interleave runs lists the run, interleave resume prints its answers.\n',
      ]);
      const [id = ''] = readdirSync(path.join(workspace, 'interleave', 'runs'));
      const again = await exitOf(start(['resume', id], workspace));
      expect([again.code, again.out]).toEqual([4, expect.stringContaining('**5**')]);
    },
  );

  it.skipIf(process.platform !== 'linux')(
    'finishes a run when standard error cannot be written',
    async () => {
      const workspace = promptFolder({ 'a.prompts.md': '## A\n\nSum 2 and 3.' });
      const args = ['run', '.', '--provider', 'demo', '--model', 'demo-fast'];
      const full = openSync('/dev/full', 'w');
      const { code, out } = await exitOf(start(args, workspace, ['pipe', 'pipe', full]));
      closeSync(full);
      expect([code, out]).toEqual([0, expect.stringContaining('**5**')]);
    },
  );
});
