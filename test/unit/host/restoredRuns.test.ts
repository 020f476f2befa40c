import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { defaultLimitValues } from '../../../src/core/base/limits.ts';
import { Redactor } from '../../../src/core/base/redact.ts';
import { runResultSchema } from '../../../src/core/export/resultSchema.ts';
import { readJournal } from '../../../src/core/journal/read/readJournal.ts';
import { allOf } from '../../../src/core/journal/record/firstRecords.ts';
import { OriginMark, startRecords } from '../../../src/core/journal/runs/originMark.ts';
import type { Run } from '../../../src/core/runner/run.ts';
import type { RunRequest } from '../../../src/core/runner/runRequest.ts';
import type { Configuration } from '../../../src/host/configuration.ts';
import type { Credentials } from '../../../src/host/credentials.ts';
import { Engine } from '../../../src/host/engine.ts';
import type { HostError } from '../../../src/host/hostError.ts';
import { originKey } from '../../../src/host/originKey.ts';
import { SavedRun } from '../../../src/host/savedRun.ts';
import type { FolderRules } from '../../../src/host/workspaceRules.ts';
import type { StartFields } from '../../support/earlierStart.ts';
import { earlierCommandStart, earlierHostStart } from '../../support/earlierStart.ts';
import { changeStart } from '../../support/journal/changeStart.ts';
import { encodedLine } from '../../support/journal/encodedLine.ts';
import type { LoopbackServer } from '../../support/loopback/loopbackServer.ts';
import { startLoopbackServer } from '../../support/loopback/loopbackServer.ts';
import { hangs, promptIn, says } from '../cli/replies.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

const key = 'canary-anthropic-4711';

/** A window: its settings, its folders and its storage. */
interface Window {
  readonly storagePath: string;
  endpoints: { anthropic: string; openai: string };
  folders: readonly { readonly name: string; readonly path: string }[];
  version?: string;
  /** The lines of the user's rules; none when absent. */
  rules?: readonly string[];
  /** Is called with the rules of folders that do not count. */
  onIgnoredRules?: (ignored: readonly FolderRules[]) => void;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'interleave-host-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const kept = new WeakMap<Window, Map<string, unknown>>();

/** The workspace state of a window. */
function memoryOf(window: Window) {
  const values = kept.get(window) ?? new Map<string, unknown>();
  kept.set(window, values);
  return {
    get: (name: string) => values.get(name) as never,
    update: async (name: string, value: unknown) => void values.set(name, value),
  };
}

function engineOf(window: Window): Engine {
  const configuration = {
    limits: () => defaultLimitValues,
    prices: () => ({}),
    maxSavedRuns: () => 50,
    excludedFiles: () => [],
    rules: () => window.rules ?? [],
    onDidChange: () => ({ dispose: () => undefined }),
    endpoints: () => window.endpoints,
  };
  const credentials = {
    find: async (_: string, origin: string) =>
      origin === new URL(window.endpoints.anthropic).origin
        ? { kind: 'key' as const, key }
        : { kind: 'none' as const },
  };
  const redactor = new Redactor();
  redactor.add(key);
  const engine = new Engine({
    distPath: '/nonexistent',
    version: window.version ?? '1.2.3',
    folders: () => window.folders,
    homePath: path.join(tmpdir(), 'interleave-no-home'),
    storagePath: window.storagePath,
    configuration: configuration as unknown as Configuration,
    credentials: credentials as unknown as Credentials,
    redactor,
    modelAccess: { canSendRequest: () => undefined } as never,
    memory: memoryOf(window),
    onIgnoredRules: (ignored) => window.onIgnoredRules?.(ignored),
    onListenerError: (error) => {
      throw error;
    },
  });
  onTestFinished(() => engine.dispose());
  return engine;
}

const request: RunRequest = {
  title: 'two.prompts.md',
  prompts: ['one', 'two'].map((text) => ({ id: text, name: text, text, options: {} })),
  interactive: true,
  settings: {
    provider: 'anthropic',
    model: '',
    agent: '',
    reasoningEffort: 'default',
    systemPrompt: 'Be brief.',
    tools: [],
    concurrency: 'auto',
    mode: 'serial',
    failure: 'keepPartial',
    toolExecution: 'serial',
    cpuTools: 'auto',
    warmUpCache: false,
    limits: defaultLimitValues,
  },
};

interface Interrupted {
  readonly window: Window;
  readonly server: LoopbackServer;
  readonly run: Run;
  readonly folder: string;
}

interface InterruptedOptions {
  readonly asked?: Partial<RunRequest>;
  readonly folders?: Window['folders'];
  /** Path of the base URL. */
  readonly path?: string;
}

/** A run of two prompts whose window closed while the second was in flight. */
async function interruptedRun(options: InterruptedOptions = {}): Promise<Interrupted> {
  let isHeld = true;
  const server = await startLoopbackServer((sent) => {
    const prompt = promptIn(sent);
    if (prompt.includes('two') && isHeld) {
      isHeld = false;
      return hangs;
    }
    return says(prompt.toUpperCase());
  });
  onTestFinished(() => server.close());
  const workspace = temporaryFolder();
  const window: Window = {
    storagePath: temporaryFolder(),
    endpoints: { anthropic: `${server.url}${options.path ?? ''}`, openai: '' },
    folders: options.folders ?? [{ name: 'workspace', path: workspace }],
  };
  const engine = engineOf(window);
  const asked = { ...request, ...options.asked };
  const run = await engine.createRun(await engine.planRun(asked, 'anthropic'), asked);
  run.start();
  await vi.waitFor(() => expect(server.requests).toHaveLength(2), 20_000);
  run.abandon();
  await engine.dispose();
  return { window, server, run, folder: path.join(window.storagePath, 'runs', run.id) };
}

async function restore(window: Window, runId: string): Promise<Run> {
  const engine = engineOf(window);
  const archived = await (await engine.archive()).read(runId);
  if (archived === undefined) throw new Error('It cannot be read.');
  return engine.restoreRun(runId, archived.state);
}

async function resume(window: Window, runId: string): Promise<readonly string[]> {
  const run = await restore(window, runId);
  run.resumeInterrupted();
  const { conversations } = await run.ended();
  return conversations.map(({ answer }) => answer);
}

/** All files in a folder, with their contents. */
function contentsOf(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => [file, readFileSync(file, 'utf8')] as const);
}

describe('a saved run', { timeout: 30_000 }, () => {
  it('continues with its own server and model', async () => {
    const { window, server, run } = await interruptedRun();
    expect(await resume(window, run.id)).toEqual(['ONE', 'TWO']);
    const models = server.requests.map(({ body }) => JSON.parse(body).model);
    expect(new Set(models).size).toBe(1);
    expect(server.requests).toHaveLength(3);
  });

  it('counts as made by this installation even if its prompts contain a redacted key', async () => {
    const texts = ['one', `two ${key}`];
    const prompts = texts.map((text) => ({ id: text, name: text, text, options: {} }));
    const { window, run } = await interruptedRun({ asked: { prompts } });
    expect(await resume(window, run.id)).toHaveLength(2);
  });

  it('continues with the base URL as set, whatever the provider derives from it', async () => {
    const { window, server, run } = await interruptedRun({ path: '/v1' });
    expect(run.state.started.origin?.agents[0]?.endpoint).toBe(`${server.url}/v1`);
    expect(await resume(window, run.id)).toEqual(['ONE', 'TWO']);
  });

  it('does not go on while the rules in the settings have an error', async () => {
    const { window, server, run } = await interruptedRun();
    window.rules = ['deny run_command', 'alow fetch_url'];
    await expect(resume(window, run.id)).rejects.toThrow(
      'The setting interleave.rules has an error. Line 2: ',
    );
    expect(server.requests).toHaveLength(2);
    window.rules = ['deny run_command'];
    expect(await resume(window, run.id)).toEqual(['ONE', 'TWO']);
  });

  it('is not sent to another server, and the error names both', async () => {
    const { window, server, run } = await interruptedRun();
    const before = window.endpoints.anthropic;
    window.endpoints = { anthropic: `${before}/proxy`, openai: '' };
    await expect(resume(window, run.id)).rejects.toThrow(
      `This run used ${before}, but interleave.anthropic.baseUrl is now ${before}/proxy. Change it back to resume the run, or start its prompts as a new run.`,
    );
    expect(server.requests).toHaveLength(2);
    window.endpoints = { anthropic: `${before}/`, openai: '' };
    expect(await resume(window, run.id)).toEqual(['ONE', 'TWO']);
  });

  it('does not continue where its folders are not open', async () => {
    const { window, server, run } = await interruptedRun();
    const [own] = window.folders;
    const offered = async (): Promise<boolean> => {
      const engine = engineOf(window);
      const archived = await (await engine.archive()).read(run.id);
      return archived !== undefined && engine.canResume(archived);
    };
    expect(await offered()).toBe(true);
    window.folders = [{ name: 'other', path: temporaryFolder() }];
    expect(await offered()).toBe(false);
    const refused: HostError = await resume(window, run.id).catch((error) => error);
    expect(refused.message).toBe(
      `This run needs the folder ${own?.path}, because its tools read files there. Open that folder and resume the run there.`,
    );
    const [remedy] = refused.remedies;
    expect([remedy?.title, remedy?.command]).toEqual(['Open Folder', 'vscode.openFolder']);
    expect(remedy?.args).toMatchObject([{ fsPath: own?.path }, { forceNewWindow: true }]);
    expect(server.requests).toHaveLength(2);
    // A further open folder is allowed: the run's tools read only its own.
    window.folders = [...window.folders, ...(own === undefined ? [] : [own])];
    expect(await offered()).toBe(true);
    expect(await resume(window, run.id)).toEqual(['ONE', 'TWO']);
  });

  it('of several folders continues where all of them are open, and offers to add a missing one', async () => {
    const [one, two] = [temporaryFolder(), temporaryFolder()];
    const folders = [one, two].map((path) => ({ name: 'same', path }));
    const { window, server, run } = await interruptedRun({ folders });
    window.folders = folders.slice(0, 1);
    const refused: HostError = await resume(window, run.id).catch((error) => error);
    expect(refused.message).toContain(`the folder ${two}, `);
    expect(refused.remedies.map(({ command }) => command)).toEqual([
      'workbench.action.addRootFolder',
    ]);
    expect(server.requests).toHaveLength(2);
    window.folders = folders.toReversed();
    expect(await resume(window, run.id)).toEqual(['ONE', 'TWO']);
  });

  it('starts even if tools cannot read a folder of the window, with a note', async () => {
    const { window } = await interruptedRun({});
    const folder = temporaryFolder();
    const open = window.folders;
    window.folders = [...open, { name: 'gone', path: folder }];
    const notes = async (): Promise<readonly string[]> => {
      const engine = engineOf(window);
      const run = await engine.createRun(await engine.planRun(request, 'anthropic'), request);
      run.start();
      await run.ended();
      return run.state.notes;
    };
    expect(await notes()).toEqual([]);
    rmSync(folder, { recursive: true });
    expect(await notes()).toEqual([`Tools cannot read ${folder}: deleted or moved.`]);
    window.folders = [...open, { name: 'virtual', path: 'memfs:/project' }];
    expect(await notes()).toEqual([
      "Tools cannot read memfs:/project: not on this machine's disk.",
    ]);
  });

  it('does not continue if its folder was deleted or is another one now', async () => {
    const folder = temporaryFolder();
    const folders = [{ name: 'gone', path: folder }];
    const { window, server, run } = await interruptedRun({ folders });
    rmSync(folder, { recursive: true });
    const gone = `This run was started with the folder ${folder}, which no longer exists, so it cannot continue. Start its prompts as a new run.`;
    await expect(resume(window, run.id)).rejects.toThrow(gone);
    writeFileSync(folder, 'a file');
    await expect(resume(window, run.id)).rejects.toThrow(gone);
    expect(server.requests).toHaveLength(2);
    rmSync(folder);
    mkdirSync(folder);
    expect(await resume(window, run.id)).toEqual(['ONE', 'TWO']);
  });

  it('of a folder that is not on this disk continues where that folder is open', async () => {
    const folders = [{ name: 'remote', path: 'vscode-vfs://github/a/b' }];
    const { window, run } = await interruptedRun({ folders });
    window.folders = [];
    const refused: HostError = await resume(window, run.id).catch((error) => error);
    expect(`${refused.remedies[0]?.args?.[0]}`).toBe('vscode-vfs://github/a/b');
    window.folders = folders;
    expect(await resume(window, run.id)).toEqual(['ONE', 'TWO']);
  });

  it('has its origin in its journal and in its result', async () => {
    const { window, server, run } = await interruptedRun();
    const { origin, conversations } = run.state.started;
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(origin).toEqual({
      program: { name: 'interleave-vscode', version: '1.2.3' },
      folders: window.folders,
      agents: [
        {
          provider: 'anthropic',
          model: conversations[0]?.model,
          endpoint: server.url,
          systemPromptHash: sha256('Be brief.'),
          toolsHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      ],
    });
    const hashes = conversations.map(({ promptHash, agent }) => [promptHash, agent]);
    expect(hashes).toEqual([
      [sha256('one'), 0],
      [sha256('two'), 0],
    ]);
    const archived = await (await engineOf(window).archive()).read(run.id);
    expect(archived?.state.started).toEqual(run.state.started);
    expect(JSON.stringify(archived)).not.toContain(key);
    const result = run.result();
    runResultSchema.parse(result);
    expect(result.origin).toEqual(origin);
    expect(result.conversations.map(({ promptHash, agent }) => [promptHash, agent])).toEqual(
      hashes,
    );
  });

  it('notes what this version sends differently, and keeps its turns', async () => {
    const { window, run } = await interruptedRun();
    await rewriteStart(window, run.id, ({ started, definition }) => {
      const { origin, ...rest } = started;
      if (origin === undefined) throw new Error('It has no origin.');
      const agents = origin.agents.map((agent) => ({ ...agent, toolsHash: '0'.repeat(64) }));
      return { started: { ...rest, origin: { ...origin, agents } }, definition };
    });
    window.version = '1.3.0';
    const resumed = await restore(window, run.id);
    resumed.resumeInterrupted();
    expect((await resumed.ended()).conversations.map(({ answer }) => answer)).toEqual([
      'ONE',
      'TWO',
    ]);
    expect(resumed.state.notes).toEqual([
      'This run was started with version 1.2.3 of Interleave and goes on with 1.3.0. What it sends from now on is not what it sent when it was started: the descriptions of the tools. Complete turns stay as they are.',
    ]);
  });

  it('of a version without origins continues, only with its folders and server', async () => {
    const { window, server, run } = await interruptedRun();
    await rewriteStart(window, run.id, earlierHostStart);
    const { anthropic } = window.endpoints;
    window.endpoints = { anthropic: `${anthropic}/proxy`, openai: '' };
    await expect(resume(window, run.id)).rejects.toThrow(`This run used ${anthropic}, but`);
    window.endpoints = { anthropic, openai: '' };
    const { folders } = window;
    window.folders = [];
    await expect(resume(window, run.id)).rejects.toThrow('This run needs the folder');
    window.folders = folders;
    const asked = await engineOf(window).requestOf(run.id);
    expect(asked).toMatchObject({ title: request.title, prompts: request.prompts });
    expect(asked?.settings.limits).toEqual(defaultLimitValues);
    expect(await resume(window, run.id)).toEqual(['ONE', 'TWO']);
    expect(server.requests).toHaveLength(3);
  });

  it('of the command line does not continue', async () => {
    const { window, server, run } = await interruptedRun();
    await rewriteStart(window, run.id, earlierCommandStart);
    await expect(resume(window, run.id)).rejects.toThrow('was not started in VS Code');
    expect(server.requests).toHaveLength(2);
  });

  it('is started again from its request, not from its plan', async () => {
    const overrides = { model: 'other' };
    const settings = { ...request.settings, provider: 'auto', model: 'other' } as const;
    const { window, run } = await interruptedRun({ asked: { settings, overrides } });
    const asked = await engineOf(window).requestOf(run.id);
    expect(asked).toEqual({ ...request, settings, overrides });
    expect(run.state.started.agent).toMatchObject({ provider: 'anthropic', model: 'other' });
    expect(await resume(window, run.id)).toEqual(['ONE', 'TWO']);
  });
});

/** Changes the first record of a run and signs it as this installation does. */
async function rewriteStart(
  { storagePath }: Window,
  runId: string,
  change: (start: StartFields) => StartFields,
): Promise<void> {
  const journal = path.join(storagePath, 'runs', runId, 'journal.jsonl');
  const reading = await readJournal(path.join(storagePath, 'runs'), runId);
  if (reading.kind !== 'read') throw new Error(reading.kind);
  const { state, definition } = reading;
  if (state === undefined) throw new Error('There is no start.');
  const origin = new OriginMark(await originKey(storagePath));
  const redact = (text: string): string => text;
  const changed = change({ started: state.started, definition });
  const records = allOf(startRecords(changed.started, changed.definition, { redact, origin }));
  const lines = records.map((record, index) => {
    const { at } = reading.records[index] ?? { at: '' };
    return encodedLine(record, { seq: index + 1, at, redact, blobBytes: 1e9 }).line;
  });
  const rest = readFileSync(journal, 'utf8').split('\n').slice(lines.length);
  writeFileSync(journal, lines.join('') + rest.join('\n'));
}

describe('a run folder of another installation', { timeout: 30_000 }, () => {
  async function expectReadOnly(window: Window, runId: string, sent: LoopbackServer) {
    const folder = path.join(window.storagePath, 'runs', runId);
    const before = contentsOf(folder);
    const requests = sent.requests.length;
    const archived = await (await engineOf(window).archive()).read(runId);
    if (archived === undefined) throw new Error('It cannot be read.');
    const kept = new SavedRun(archived, engineOf(window).canResume(archived));
    expect([kept.isReadOnly, kept.canResume]).toEqual([true, false]);
    expect(archived.state.conversations).toHaveLength(2);
    const why = 'This run was not started by this installation of Interleave';
    expect(archived.state.notes.join()).toContain(why);
    await expect(resume(window, runId)).rejects.toThrow(why);
    expect(contentsOf(folder)).toEqual(before);
    expect(sent.requests).toHaveLength(requests);
  }

  it('opens read-only: nothing is sent or written', async () => {
    const { window, server, run, folder } = await interruptedRun();
    const other = { ...window, storagePath: temporaryFolder() };
    mkdirSync(path.join(other.storagePath, 'runs'));
    cpSync(folder, path.join(other.storagePath, 'runs', run.id), { recursive: true });
    await expectReadOnly(other, run.id, server);
  });

  it.each<[string, (start: StartPayload) => void]>([
    [
      'its prompts',
      ({ definition }) => Object.assign(definition, { prompts: request.prompts.toReversed() }),
    ],
    ['its origin', ({ started }) => Object.assign(started, { origin: undefined })],
    ['its model', ({ started }) => Object.assign(started.conversations[0]!, { model: 'other' })],
    ['no mark', (start) => Object.assign(start, { mark: undefined })],
    ['an empty mark', (start) => Object.assign(start, { mark: '' })],
    ['another mark', (start) => Object.assign(start, { mark: '0'.repeat(64) })],
  ])('and so does an own run with %s changed', async (_, change) => {
    const { window, server, run, folder } = await interruptedRun();
    const journal = path.join(folder, 'journal.jsonl');
    changeStart<StartPayload>(journal, change);
    await expectReadOnly(window, run.id, server);
  });
});

interface StartPayload {
  readonly started: { readonly conversations: object[] };
  readonly definition: object;
}

describe('the key that signs runs', () => {
  it('is the same for all windows, readable by its owner only, and beside the runs', async () => {
    const storagePath = path.join(temporaryFolder(), 'storage');
    const keys = await Promise.all(Array.from({ length: 8 }, () => originKey(storagePath)));
    const all = [...keys, await originKey(storagePath)].map((one) =>
      Buffer.from(one).toString('hex'),
    );
    expect(new Set(all).size).toBe(1);
    expect(readdirSync(storagePath)).toEqual(['run-origin.key']);
    const { mode } = statSync(path.join(storagePath, 'run-origin.key'));
    if (process.platform !== 'win32') expect(mode & 0o077).toBe(0);
  });

  it('is replaced when the file is malformed, and new in every window when it cannot be stored', async () => {
    const storagePath = temporaryFolder();
    writeFileSync(path.join(storagePath, 'run-origin.key'), 'torn');
    const made = await originKey(storagePath);
    expect(made).toEqual(await originKey(storagePath));
    const noFolder = path.join(storagePath, 'run-origin.key', 'x');
    expect(await originKey(noFolder)).not.toEqual(await originKey(noFolder));
  });
});

describe('The rules that a folder brings', () => {
  it('hold in runs after they were accepted, before that are told of, and no tool changes them', async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, '.interleave'));
    writeFileSync(path.join(folder, '.interleave', 'approvals.rules'), 'deny fetch_url\n');
    const ignored: FolderRules[] = [];
    const window: Window = {
      storagePath: temporaryFolder(),
      endpoints: { anthropic: 'http://127.0.0.1:9', openai: '' },
      folders: [
        { name: 'a', path: folder },
        { name: 'b', path: temporaryFolder() },
      ],
      onIgnoredRules: (found) => void ignored.push(...found),
    };
    const engine = engineOf(window);
    const before = await engine.planRun(request, 'anthropic');
    expect(before.rules!.current()).toEqual([]);
    expect(before.rules!.system.ownPaths).toEqual(['a/.interleave', 'b/.interleave']);
    expect(ignored).toMatchObject([{ state: 'waiting', folder: { name: 'a' } }]);
    // They hold in runs under way, too.
    await engine.workspaceRules.accept(ignored[0]!);
    expect(before.rules!.current()).toMatchObject([{ text: 'deny fetch_url', place: 'workspace' }]);
    const next = await engineOf(window).planRun(request, 'anthropic');
    expect(next.rules!.current()).toMatchObject([{ text: 'deny fetch_url' }]);
    expect(ignored).toHaveLength(1);
  });
});
