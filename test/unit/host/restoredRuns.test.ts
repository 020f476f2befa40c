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
import type { Run } from '../../../src/core/runner/run.ts';
import type { Configuration } from '../../../src/host/configuration.ts';
import type { Credentials } from '../../../src/host/credentials.ts';
import { Engine } from '../../../src/host/engine.ts';
import type { EngineRunRequest } from '../../../src/host/keptRequest.ts';
import { KeptRun } from '../../../src/host/keptRun.ts';
import { guardLimitsOf, mainLimitsOf } from '../../../src/host/limitSettings.ts';
import { originKey } from '../../../src/host/originKey.ts';
import { changeStart } from '../../support/journal/changeStart.ts';
import type { LoopbackServer } from '../../support/loopback/loopbackServer.ts';
import { startLoopbackServer } from '../../support/loopback/loopbackServer.ts';
import { hangs, promptIn, says } from '../cli/replies.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

const key = 'canary-anthropic-4711';

/** What a window has: its settings, its folders and where it keeps things. */
interface Window {
  readonly storagePath: string;
  endpoints: { anthropic: string; openai: string };
  folders: readonly { readonly name: string; readonly path: string }[];
}

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'interleave-host-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function engineOf(window: Window): Engine {
  const configuration = {
    limits: () => defaultLimitValues,
    prices: () => ({}),
    maxKeptRuns: () => 50,
    excludedFiles: () => [],
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
    folders: () => window.folders,
    storagePath: window.storagePath,
    configuration: configuration as unknown as Configuration,
    credentials: credentials as unknown as Credentials,
    redactor,
    modelAccess: { canSendRequest: () => undefined } as never,
    onListenerError: (error) => {
      throw error;
    },
  });
  onTestFinished(() => engine.dispose());
  return engine;
}

const request: EngineRunRequest = {
  title: 'two.prompts.md',
  prompts: ['one', 'two'].map((text) => ({ id: text, name: text, text, options: {} })),
  whenBlocked: 'pause',
  settings: {
    provider: 'anthropic',
    model: '',
    reasoningEffort: 'default',
    systemPrompt: '',
    tools: [],
    concurrency: 'auto',
    mode: 'serial',
    failure: 'keepPartial',
    toolExecution: 'serial',
    warmUpCache: false,
    ...mainLimitsOf(defaultLimitValues),
    limits: guardLimitsOf(defaultLimitValues),
  },
};

interface Interrupted {
  readonly window: Window;
  readonly server: LoopbackServer;
  readonly run: Run;
  readonly folder: string;
}

/** A run of two prompts whose window was closed while the second was in flight. */
async function interruptedRun(prompts = request.prompts): Promise<Interrupted> {
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
  const window = {
    storagePath: temporaryFolder(),
    endpoints: { anthropic: server.url, openai: '' },
    folders: [{ name: 'workspace', path: workspace }],
  };
  const engine = engineOf(window);
  const asked = { ...request, prompts };
  const run = await engine.createRun(await engine.planRun(asked), asked);
  run.start();
  await vi.waitFor(() => expect(server.requests).toHaveLength(2), 20_000);
  run.abandon();
  await engine.dispose();
  return { window, server, run, folder: path.join(window.storagePath, 'runs', run.id) };
}

async function resume(window: Window, runId: string): Promise<readonly string[]> {
  const engine = engineOf(window);
  const archived = await (await engine.archive()).read(runId);
  if (archived === undefined) throw new Error('It cannot be read.');
  const run = await engine.restoreRun(runId, archived.state);
  run.resumeInterrupted();
  const { conversations } = await run.ended();
  return conversations.map(({ answer }) => answer);
}

/** Everything in a folder, with its content. */
function contentsOf(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => [file, readFileSync(file, 'utf8')] as const);
}

describe('a run of an earlier window', { timeout: 30_000 }, () => {
  it('goes on at its own server, with its own model', async () => {
    const { window, server, run } = await interruptedRun();
    expect(await resume(window, run.id)).toEqual(['ONE', 'TWO']);
    const models = server.requests.map(({ body }) => JSON.parse(body).model);
    expect(new Set(models).size).toBe(1);
    expect(server.requests).toHaveLength(3);
  });

  it('whose prompts quote a key is one of ours, too', async () => {
    const texts = ['one', `two ${key}`];
    const prompts = texts.map((text) => ({ id: text, name: text, text, options: {} }));
    const { window, run } = await interruptedRun(prompts);
    expect(await resume(window, run.id)).toHaveLength(2);
  });

  it('is not sent to another server, and says which', async () => {
    const { window, server, run } = await interruptedRun();
    const before = window.endpoints.anthropic;
    window.endpoints = { anthropic: `${before}/proxy`, openai: '' };
    await expect(resume(window, run.id)).rejects.toThrow(
      `This run was sent to ${before} and goes on there only, but interleave.anthropic.baseUrl now leads to ${before}/proxy. Set it back to resume the run, or start its prompts as a new run.`,
    );
    expect(server.requests).toHaveLength(2);
    window.endpoints = { anthropic: `${before}/`, openai: '' };
    expect(await resume(window, run.id)).toEqual(['ONE', 'TWO']);
  });

  it('does not go on where its folders are not open', async () => {
    const { window, server, run } = await interruptedRun();
    const [own] = window.folders;
    const offered = async (): Promise<boolean> => {
      const engine = engineOf(window);
      const archived = await (await engine.archive()).read(run.id);
      return archived !== undefined && engine.canGoOn(archived);
    };
    expect(await offered()).toBe(true);
    window.folders = [{ name: 'other', path: temporaryFolder() }];
    expect(await offered()).toBe(false);
    await expect(resume(window, run.id)).rejects.toThrow(
      `This run was started with the folder ${own?.path}, whose files its tools look at. Open that folder and resume the run there.`,
    );
    expect(server.requests).toHaveLength(2);
  });
});

describe('a run folder that was made elsewhere', { timeout: 30_000 }, () => {
  async function expectReadOnly(window: Window, runId: string, sent: LoopbackServer) {
    const folder = path.join(window.storagePath, 'runs', runId);
    const before = contentsOf(folder);
    const requests = sent.requests.length;
    const archived = await (await engineOf(window).archive()).read(runId);
    if (archived === undefined) throw new Error('It cannot be read.');
    const kept = new KeptRun(archived, engineOf(window).canGoOn(archived));
    expect([kept.isReadOnly, kept.canGoOn]).toEqual([true, false]);
    expect(archived.state.conversations).toHaveLength(2);
    const why = 'This run was not started by this installation of Interleave';
    expect(archived.state.notes.join()).toContain(why);
    await expect(resume(window, runId)).rejects.toThrow(why);
    expect(contentsOf(folder)).toEqual(before);
    expect(sent.requests).toHaveLength(requests);
  }

  it('opens to be looked at, and nothing is sent or written', async () => {
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
    ['its endpoints', ({ definition }) => Object.assign(definition, { endpoints: {} })],
    ['its model', ({ started }) => Object.assign(started.conversations[0]!, { model: 'other' })],
    ['no mark', (start) => Object.assign(start, { mark: undefined })],
    ['an empty mark', (start) => Object.assign(start, { mark: '' })],
    ['another mark', (start) => Object.assign(start, { mark: '0'.repeat(64) })],
  ])('and so does one of ours with %s changed', async (_, change) => {
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

describe('the key that marks runs', () => {
  it('is one for all windows, for its owner only, and beside the runs', async () => {
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

  it('is replaced when the file is something else, and is a new one where none can be kept', async () => {
    const storagePath = temporaryFolder();
    writeFileSync(path.join(storagePath, 'run-origin.key'), 'torn');
    const made = await originKey(storagePath);
    expect(made).toEqual(await originKey(storagePath));
    const noFolder = path.join(storagePath, 'run-origin.key', 'x');
    expect(await originKey(noFolder)).not.toEqual(await originKey(noFolder));
  });
});
