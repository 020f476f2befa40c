import { realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Overlay } from '../../../../../src/core/proposals/overlay.ts';
import type { CommandRunner } from '../../../../../src/core/tools/command/commandRunner.ts';
import { createCommandTool } from '../../../../../src/core/tools/command/commandTool.ts';
import { runToolCall } from '../../../../../src/core/tools/runToolCall.ts';
import { createToolBox } from '../../../../../src/core/tools/toolBox.ts';
import { isAlive } from '../../../../support/isAlive.ts';
import { pidIn } from '../../../../support/pidIn.ts';
import { callOf, runTool } from '../toolFixtures.ts';
import { DiskTree } from '../workspace/workspaceFixture.ts';

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 60_000 });

let tree: DiskTree;
beforeAll(() => {
  tree = new DiskTree({ 'inside/a.txt': 'text\n' });
});
afterAll(() => tree.remove());
afterEach(() => vi.unstubAllEnvs());

function tool(run?: CommandRunner) {
  return createCommandTool({ folder: tree.inside, ...(run === undefined ? {} : { run }) });
}

function run(command: string, more: { readonly timeoutSeconds?: number } = {}) {
  return runTool([tool()], 'run_command', { command, ...more });
}

function file(name: string): string {
  return path.join(tree.inside, name);
}

describe.skipIf(process.platform === 'win32')('a command', () => {
  test('runs in the workspace folder, and its output and exit code are told', async () => {
    const { content, isError } = await run('pwd; cat a.txt; echo problem >&2; exit 3');
    expect(content.split('\n')[0]).toBe(realpathSync(tree.inside));
    expect(content).toMatch(/text/);
    expect(content).toMatch(/problem/);
    expect(content).toMatch(/\n\n\[Exit code 3\.\]$/);
    expect(isError).toBe(false);
  });

  test('is told with both of its streams in the order in which it printed', async () => {
    const pairs = Array.from({ length: 300 }, (_, at) => `out ${at}\nproblem ${at}\n`).join('');
    const { content } = await run(
      'i=0; while [ $i -lt 300 ]; do echo "out $i"; echo "problem $i" >&2; i=$((i+1)); done',
    );
    expect(content).toBe(`${pairs}\n[Exit code 0.]`);
  });

  test('prints characters that are split between two pieces', async () => {
    const { content } = await run(
      `printf 'a\\303'; sleep 0.1; printf '\\251\\360\\237'; sleep 0.1; printf '\\230\\200b'`,
    );
    expect(content).toBe('aé😀b\n\n[Exit code 0.]');
  });

  test.each(['-c "echo no"', '--version'])('is no option of the shell: %s', async (command) => {
    expect((await run(command)).content).toMatch(/not found/);
  });

  test('has the name of the shell as its $0 and no arguments', async () => {
    expect((await run('echo "$0 $#"')).content).toBe('/bin/sh 0\n\n[Exit code 0.]');
  });

  test('that prints nothing says only how it ended', async () => {
    expect((await run('true')).content).toBe('[Exit code 0.]');
    expect((await run('kill -9 $$')).content).toBe('[It was ended by SIGKILL.]');
  });

  test('reads nothing: its standard input is closed', async () => {
    expect((await run('cat; echo end')).content).toBe('end\n\n[Exit code 0.]');
  });

  test('gets the environment without keys and what looks like one', async () => {
    const secrets = {
      ANTHROPIC_API_KEY: 'value-1',
      OPENAI_API_KEY: 'value-2',
      GITHUB_TOKEN: 'value-3',
      AWS_SECRET_ACCESS_KEY: 'value-4',
      DB_PASSWORD: 'value-5',
      npm_config__auth: 'value-6',
      SSH_AUTH_SOCK: '/tmp/value-7',
      MYTOKEN: 'value-8',
      HARMLESS: `sk-ant-api03-${'a1B2'.repeat(20)}`,
      REMOTE: 'https://user:value-9@example.com/',
      VSCODE_PID: 'value-10',
      GIT_ASKPASS: '/bin/value-11',
      ELECTRON_RUN_AS_NODE: '1',
    };
    for (const [name, value] of Object.entries(secrets)) vi.stubEnv(name, value);
    vi.stubEnv('KEYBOARD', 'kept-1');
    vi.stubEnv('MONKEY', 'kept-2');
    const { content } = await run('env');
    for (const name of Object.keys(secrets)) expect(content).not.toContain(`${name}=`);
    expect(content).not.toMatch(/value-\d/);
    expect(content).toContain('KEYBOARD=kept-1');
    expect(content).toContain('MONKEY=kept-2');
    expect(content).toMatch(/^PATH=/m);
  });

  test('that prints much keeps its beginning and its end', async () => {
    const { signal } = new AbortController();
    const command = 'echo begin; seq 1 400000; echo end';
    const { content } = await runToolCall(
      callOf('run_command', { command }),
      createToolBox([tool()]),
      { signal, maxOutputChars: 5_000 },
    );
    expect(content).toMatch(/^begin\n1\n2\n/);
    expect(content).toMatch(/characters left out/);
    expect(content).toMatch(/\nend\n\n\[Exit code 0\.\]$/);
    expect(content.length).toBeLessThanOrEqual(5_000);
  });

  test('shows colours, titles and progress bars as what is left of them', async () => {
    const { content } = await run(
      String.raw`printf '\033[31mred\033[0m\033]0;title\007 1%%\r2%%\rdone\n'`,
    );
    expect(content).toBe('done\n\n[Exit code 0.]');
  });

  test('that takes too long is ended, and what it printed is told', async () => {
    const { content, isError } = await run('echo so far; sleep 1000', { timeoutSeconds: 1 });
    expect(content).toBe('so far\n\n[It did not end within 1 s and was ended.]');
    expect(isError).toBe(true);
  });

  test('that ignores the request to end is ended all the same, with its children', async () => {
    const command = `trap '' TERM; sh -c "trap '' TERM; echo \\$\\$ > stubborn; while :; do sleep 1; done"; while :; do sleep 1; done`;
    const ended = run(command, { timeoutSeconds: 1 });
    const child = await pidIn(file('stubborn'));
    expect(await ended).toMatchObject({ isError: true });
    await expect.poll(() => isAlive(child)).toBe(false);
  });

  test('ends with its children when the conversation does', async () => {
    const controller = new AbortController();
    const command = '(sleep 1000 & echo $! > child; wait)';
    const call = runToolCall(callOf('run_command', { command }), createToolBox([tool()]), {
      signal: controller.signal,
    });
    const child = await pidIn(file('child'));
    controller.abort();
    expect((await call).content).toMatch(/Cancelled/);
    await expect.poll(() => isAlive(child)).toBe(false);
  });

  test('leaves nothing in the background', async () => {
    const { content } = await run('sleep 1000 & echo $! > background; echo done');
    expect(content).toBe('done\n\n[Exit code 0.]');
    const child = await pidIn(file('background'));
    await expect.poll(() => isAlive(child)).toBe(false);
  });

  test('does not wait for a process that has left its group', async () => {
    const { content } = await run('command -v setsid >/dev/null && setsid sleep 5 & echo done');
    expect(content).toMatch(/^done/);
  });
});

test('without a folder no command runs', async () => {
  const run = vi.fn<CommandRunner>();
  const bare = createCommandTool({ folder: undefined, run });
  const { content, isError } = await runTool([bare], 'run_command', { command: 'true' });
  expect(content).toMatch(/No folder/);
  expect(isError).toBe(true);
  expect(run).not.toHaveBeenCalled();
});

test('a folder that is gone is an error', async () => {
  const gone = createCommandTool({ folder: path.join(tree.base, 'gone') });
  const { content } = await runTool([gone], 'run_command', { command: 'true' });
  expect(content).toMatch(/could not be started/);
});

test('the result says when the command ran without what its conversation proposes', async () => {
  const ends: CommandRunner = async () => ({ exitCode: 0 });
  const context = {
    callId: 'call-1',
    signal: new AbortController().signal,
    pauseTime: () => () => undefined,
  };
  const proposing = {
    ...context,
    overlay: new Overlay({ files: [{ path: 'a.txt', base: null, text: 'new' }] }),
  };
  expect(await tool(ends).execute({ command: 'true' }, proposing)).toMatch(/not applied yet/);
  const idle = { ...context, overlay: new Overlay() };
  expect(await tool(ends).execute({ command: 'true' }, idle)).toBe('[Exit code 0.]');
});

test('a command sees the files on disk', async () => {
  writeFileSync(file('seen.txt'), 'seen\n');
  expect((await run('cat seen.txt')).content).toMatch(/^seen/);
});
