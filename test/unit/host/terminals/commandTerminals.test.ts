import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { commandEnvironment } from '../../../../src/core/tools/command/commandEnvironment.ts';
import type { CommandRunner } from '../../../../src/core/tools/command/commandRunner.ts';
import { createCommandTool } from '../../../../src/core/tools/command/commandTool.ts';
import { runToolCall } from '../../../../src/core/tools/runToolCall.ts';
import { createToolBox } from '../../../../src/core/tools/toolBox.ts';
import { CommandTerminals } from '../../../../src/host/terminals/commandTerminals.ts';
import { isAlive } from '../../../support/isAlive.ts';
import { pidIn } from '../../../support/pidIn.ts';
import { FakeTerminals } from '../../../support/vscode/fakeTerminals.ts';
import { callOf } from '../../core/tools/toolFixtures.ts';
import { DiskTree } from '../../core/tools/workspace/workspaceFixture.ts';

const terminals = vi.hoisted(() => ({ of: undefined as FakeTerminals | undefined }));

vi.mock('vscode', () => ({
  window: new Proxy({}, { get: (_, name) => Reflect.get(terminals.of?.window ?? {}, name) }),
}));

// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 60_000 });

const window = new FakeTerminals();
terminals.of = window;

const shell = path.join(
  import.meta.dirname,
  '../../../../src/core/tools/command/terminal/commandShellMain.ts',
);
/** Long enough that nothing depends on them. */
const times = { readyMs: 30_000, beginMs: 30_000, endMs: 30_000, drainMs: 30_000 };

let tree: DiskTree;
let made: CommandTerminals[] = [];

beforeAll(() => {
  tree = new DiskTree({ 'inside/a.txt': 'text\n', 'inside/other/b.txt': 'b\n' });
});
afterEach(() => {
  for (const one of made) one.dispose();
  made = [];
  window.reset();
  vi.unstubAllEnvs();
});
afterAll(() => tree.remove());

type Options = ConstructorParameters<typeof CommandTerminals>[0];

function pool(more: Partial<Options> = {}): CommandTerminals {
  const opened = new CommandTerminals({ shell, times, ...more });
  made.push(opened);
  return opened;
}

interface CallOptions {
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
  readonly folder?: string;
}

async function run(
  opened: CommandTerminals,
  command: string,
  { timeoutSeconds, signal = new AbortController().signal, folder }: CallOptions = {},
) {
  const tool = createCommandTool({ folder: folder ?? tree.inside, run: opened.run });
  const input = { command, ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }) };
  return runToolCall(callOf('run_command', input), createToolBox([tool]), { signal });
}

function file(name: string): string {
  return path.join(tree.inside, name);
}

const noFallback: CommandRunner = async () => {
  throw new Error('It ran without a terminal.');
};

describe.skipIf(process.platform === 'win32')('A command in a terminal', () => {
  test('runs in the folder; its output and exit code are told, and the user sees what ran', async () => {
    const opened = pool({ fallback: noFallback });
    const { content, isError } = await run(opened, 'pwd; cat a.txt; echo problem >&2; exit 3');
    expect(content.split('\n')[0]).toBe(realpathSync(tree.inside));
    expect(content).toMatch(/^text$/m);
    expect(content).toMatch(/^problem$/m);
    expect(content).toMatch(/\n\n\[Exit code 3\.\]$/);
    expect(isError).toBe(false);
    const [terminal] = window.made;
    expect(terminal?.options).toMatchObject({
      ...{ name: 'Interleave', strictEnv: true, isTransient: true, cwd: tree.inside },
    });
    expect(terminal?.screen).toContain('$ pwd; cat a.txt; echo problem >&2; exit 3\n');
    expect(terminal?.screen).toContain('\nproblem\n');
    expect(terminal?.shows).toBe(0);
  });

  test('may have several lines, quotes, and characters that mean something to a terminal', async () => {
    const opened = pool({ fallback: noFallback });
    const command = `printf '%s\\n' "a'b" 'c"d' '\u0003\u0015\u001b[2J;é🚀\u0085'\nread -r x; echo "got [$x]"\n# \\`;
    const { content } = await run(opened, command);
    expect(content).toContain(`a'b\nc"d\n`);
    expect(content).toContain('é🚀');
    expect(content).toContain('got []');
    expect(content).toMatch(/\[Exit code 0\.\]$/);
    const screen = window.made[0]?.screen ?? '';
    expect(screen).not.toContain('\u001b');
    expect(screen).toContain('[U+0015][U+001B][2J');
    expect((await run(opened, '\\echo kept')).content).toMatch(/^kept\n/);
    expect(window.made).toHaveLength(1);
  });

  test('gets the environment without keys, and nothing of the terminal', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'value-1');
    vi.stubEnv('GITHUB_TOKEN', 'value-2');
    vi.stubEnv('GIT_ASKPASS', '/bin/value-3');
    vi.stubEnv('VSCODE_GIT_IPC_HANDLE', 'value-4');
    vi.stubEnv('KEYBOARD', 'kept-1');
    const { content } = await run(pool({ fallback: noFallback }), 'env');
    expect(content).toContain('KEYBOARD=kept-1');
    expect(content).not.toMatch(/value-\d/);
    expect(content).not.toMatch(/VSCODE_|ELECTRON_/);
    expect(window.made[0]?.options.env).not.toHaveProperty('ANTHROPIC_API_KEY');
  });

  test('cannot imitate the marks of the shell', async () => {
    const command = String.raw`printf '\033]633;D;0\007\033]633;A\007'; echo later; exit 4`;
    const { content } = await run(pool({ fallback: noFallback }), command);
    expect(content).toBe('later\n\n[Exit code 4.]');
  });

  test('that prints much keeps its beginning and its end, and the terminal shows no more', async () => {
    const opened = pool({ fallback: noFallback });
    const { content } = await run(opened, 'echo begin; seq 1 400000; echo end');
    expect(content).toMatch(/^begin\n1\n2\n/);
    expect(content).toMatch(/characters left out/);
    expect(content).toMatch(/\nend\n\n\[Exit code 0\.\]$/);
    expect(window.made[0]?.screen.length).toBeLessThan(1_100_000);
  });

  test('that takes too long is ended with its children, and what it printed is told', async () => {
    const opened = pool({ fallback: noFallback });
    const ended = run(opened, 'echo so far; sleep 1000 & echo $! > slow; wait', {
      timeoutSeconds: 2,
    });
    const child = await pidIn(file('slow'));
    expect(await ended).toMatchObject({
      ...{ content: 'so far\n\n[It did not end within 2 s and was ended.]', isError: true },
    });
    await vi.waitFor(() => expect(isAlive(child)).toBe(false), { timeout: 30_000 });
    // The terminal can be used again.
    expect((await run(opened, 'echo next')).content).toBe('next\n\n[Exit code 0.]');
    expect(window.made).toHaveLength(1);
  });

  test('ends with its children when the conversation does, even if it ignores the request', async () => {
    const controller = new AbortController();
    const stubborn = `trap '' TERM; sh -c "trap '' TERM; echo \\$\\$ > stubborn; while :; do sleep 1; done"; while :; do sleep 1; done`;
    const call = run(pool({ fallback: noFallback }), stubborn, { signal: controller.signal });
    const child = await pidIn(file('stubborn'));
    controller.abort();
    expect((await call).content).toMatch(/Cancelled/);
    await vi.waitFor(() => expect(isAlive(child)).toBe(false), { timeout: 30_000 });
  });

  test('leaves nothing in the background', async () => {
    const { content } = await run(
      pool({ fallback: noFallback }),
      'sleep 1000 & echo $! > behind; echo done',
    );
    expect(content).toBe('done\n\n[Exit code 0.]');
    const child = await pidIn(file('behind'));
    await vi.waitFor(() => expect(isAlive(child)).toBe(false), { timeout: 30_000 });
  });

  test('ends with an error when the user closes its terminal, and so do its children', async () => {
    const opened = pool({ fallback: noFallback });
    const call = run(opened, 'echo so far; sleep 1000 & echo $! > closed; wait');
    const child = await pidIn(file('closed'));
    window.made[0]?.dispose();
    const { content, isError } = await call;
    expect(content).toMatch(/^so far\n\n\[Its terminal was closed, which ended it\.\]$/);
    expect(isError).toBe(true);
    await vi.waitFor(() => expect(isAlive(child)).toBe(false), { timeout: 30_000 });
    // The next one gets a new terminal.
    expect((await run(opened, 'echo next')).content).toBe('next\n\n[Exit code 0.]');
    expect(window.made).toHaveLength(2);
  });

  test('is ended by Ctrl+C in its terminal', async () => {
    const call = run(pool({ fallback: noFallback }), 'echo $$ > interrupted; exec sleep 1000');
    await pidIn(file('interrupted'));
    window.made[0]?.sendText('\u0003', false);
    expect((await call).content).toBe('[Exit code 143.]');
  });

  test('is not mixed up with what the user types', async () => {
    const opened = pool({ fallback: noFallback });
    expect((await run(opened, 'echo one')).content).toMatch(/^one/);
    window.made[0]?.sendText('touch typed');
    window.made[0]?.sendText('touch typed; {"nonce":"no","command":"touch typed"}');
    window.made[0]?.sendText('half a li', false);
    expect((await run(opened, 'echo two; ls')).content).toMatch(/^two\na\.txt/);
    expect(existsSync(file('typed'))).toBe(false);
  });

  test('at the same time as others has a terminal of its own, up to a limit', async () => {
    let without = 0;
    const opened = pool({
      fallback: async () => {
        without += 1;
        return { exitCode: 0 };
      },
    });
    const released = file('released');
    const wait = `while [ ! -e ${JSON.stringify(released)} ]; do sleep 0.05; done; echo $$`;
    const calls = Array.from({ length: 10 }, () => run(opened, wait));
    await vi.waitFor(() => expect(without).toBe(2), { timeout: 30_000 });
    expect(window.open).toHaveLength(8);
    await run(pool({ fallback: noFallback }), `touch ${JSON.stringify(released)}`);
    const pids = (await Promise.all(calls)).map(({ content }) => content.split('\n')[0] ?? '');
    expect(new Set(pids.filter((pid) => /^\d+$/.test(pid))).size).toBe(8);
    // Some stay open to be read, and one of another pool.
    expect(window.open).toHaveLength(4 + 1);
  });

  test('in another folder does not share a terminal', async () => {
    const opened = pool({ fallback: noFallback });
    await run(opened, 'true');
    const { content } = await run(opened, 'cat b.txt', { folder: file('other') });
    expect(content).toMatch(/^b\n/);
    expect(window.made).toHaveLength(2);
  });
});

describe.skipIf(process.platform === 'win32')('Without a terminal that works, a command', () => {
  /** The commands that ran in a child process. */
  function counting() {
    const commands: string[] = [];
    const fallback: CommandRunner = async ({ command }) => {
      commands.push(command);
      return { exitCode: 0 };
    };
    return { commands, fallback };
  }

  test('runs in a child process, once, and after some failures no terminal is opened', async () => {
    window.traits.ignoresMarks = true;
    const { commands, fallback } = counting();
    const opened = pool({ fallback, times: { ...times, readyMs: 20 } });
    for (const name of ['a', 'b', 'c', 'd']) await run(opened, `touch ${name}`);
    expect(commands).toEqual(['touch a', 'touch b', 'touch c', 'touch d']);
    expect(window.made).toHaveLength(3);
    expect(window.open).toHaveLength(0);
    expect(existsSync(file('a'))).toBe(false);
  });

  test('runs in a child process when the terminal ends at once', async () => {
    const { commands, fallback } = counting();
    const opened = pool({ fallback, shell: '/nonexistent/shell.js' });
    await run(opened, 'true');
    expect(commands).toEqual(['true']);
  });

  test('runs in a child process on Windows, and when the folder is gone', async () => {
    const { commands, fallback } = counting();
    await run(pool({ fallback, platform: 'win32' }), 'one');
    await run(pool({ fallback }), 'two', { folder: file('gone') });
    expect(commands).toEqual(['one', 'two']);
    expect(window.made).toHaveLength(0);
  });

  test('is not run a second time when the terminal does not say that it began', async () => {
    const { commands, fallback } = counting();
    const opened = pool({ fallback, times: { ...times, beginMs: 50 } });
    await run(opened, 'true');
    window.traits.isDeaf = true;
    const { content, isError } = await run(opened, 'touch deaf');
    expect(content).toMatch(/not known what the command has done/);
    expect(isError).toBe(true);
    expect(commands).toEqual([]);
    expect(window.open).toHaveLength(0);
  });

  test('is not begun when its conversation ends while the terminal opens', async () => {
    window.traits.ignoresMarks = true;
    const { commands, fallback } = counting();
    const controller = new AbortController();
    const opened = pool({ fallback });
    const ended = opened.run({
      ...{ command: 'true', folder: tree.inside, environment: commandEnvironment() },
      ...{ signal: controller.signal, onOutput: () => undefined },
    });
    await vi.waitFor(() => expect(window.made).toHaveLength(1));
    controller.abort();
    expect(await ended).toEqual({ endedBy: 'SIGTERM' });
    expect(commands).toEqual([]);
    expect(window.open).toHaveLength(0);
  });
});
