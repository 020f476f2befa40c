import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProgram } from '../../../src/cli/program.ts';
import { readJournal } from '../../../src/core/journal/read/readJournal.ts';
import type { JournalRecord } from '../../../src/core/journal/record/journalRecord.ts';
import type { StartFields } from '../earlierStart.ts';
import { earlierCommandStart } from '../earlierStart.ts';
import { acting } from '../hostileText.ts';
import { lineBytes } from '../journal/encodedLine.ts';
import { anthropicEvents } from '../loopback/anthropicScript.ts';
import type { Connections } from '../loopback/connections.ts';
import { watchConnections } from '../loopback/connections.ts';
import type { LoopbackServer, Reply } from '../loopback/loopbackServer.ts';
import { startLoopbackServer } from '../loopback/loopbackServer.ts';
import { sseText, streamHead, streamReply } from '../loopback/replies.ts';
import { impatient } from '../runs.ts';
import { seededRandom } from '../seededRandom.ts';

/** The result of resuming saved runs changed by an attacker who knows the format. */
export interface SavedRunsResult {
  readonly trials: number;
  /** Number of runs that resumed; the others were refused or had nothing left. */
  readonly resumed: number;
  readonly longestMs: number;
  /** Problems with the trial's number. */
  readonly problems: readonly string[];
}

const keys = { ANTHROPIC_API_KEY: 'canary-anthropic-4711', OPENAI_API_KEY: 'canary-openai-4711' };
const forged = 'FORGED-LINE';
const vendors = ['api.anthropic.com', 'api.openai.com'];

/**
 * Resumes changed runs on the command line, with keys in the environment and without a terminal.
 */
export async function resumeChangedRuns(trials: number, seed: number): Promise<SavedRunsResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'interleave-saved-'));
  const connections = watchConnections();
  const server = await startLoopbackServer(answers);
  try {
    const bench = await prepare(folder, server, connections);
    const random = seededRandom(seed);
    const result = { resumed: 0, longestMs: 0, problems: [] as string[] };
    for (let trial = 0; trial < trials; trial++) {
      const { ms, sent, problems } = await bench.try(random);
      result.longestMs = Math.max(result.longestMs, ms);
      if (sent) result.resumed++;
      result.problems.push(...problems.map((problem) => `trial ${trial}: ${problem}`));
    }
    return { trials, ...result };
  } finally {
    connections.restore();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The second prompt gets no answer in the first run, so there is something to resume. */
function answers({ body }: { readonly body: string }): Reply {
  const isHeld = body.includes('prompt two') && !body.includes('model-that-ends');
  if (isHeld && held.isOn) {
    const events = anthropicEvents({ content: [], stopReason: '' }).slice(0, 2);
    return [streamHead(), { do: 'send', bytes: sseText(events) }];
  }
  const content = [{ type: 'text', text: 'fine' }];
  return streamReply(sseText(anthropicEvents({ content, stopReason: 'end_turn' })));
}
const held = { isOn: true };

interface TrialOutcome {
  readonly ms: number;
  readonly sent: boolean;
  readonly problems: readonly string[];
}

interface Bench {
  try(random: () => number): Promise<TrialOutcome>;
}

async function prepare(
  folder: string,
  server: LoopbackServer,
  connections: Connections,
): Promise<Bench> {
  const outside = path.join(folder, 'outside');
  const runs = path.join(folder, 'runs');
  mkdirSync(outside);
  writeFileSync(path.join(outside, 'victim'), 'as it was');
  const prompts = path.join(folder, 'a.prompts.md');
  writeFileSync(prompts, '## One\n\nprompt one\n\n## Two\n\nprompt two\n');
  const run = ['run', prompts, '--provider', 'anthropic', '--base-url', server.url];
  held.isOn = true;
  await commandLine(run, { runs, folder, interruptAt: /p1\/2[^\n]*done/ });
  held.isOn = false;
  const [id = ''] = readdirSync(runs);
  const reading = await readJournal(runs, id);
  if (reading.kind !== 'read') throw new Error(`The run is ${reading.kind}.`);
  const records = reading.records.map(({ record }) => record);
  // As after a killed process.
  const open = records.filter(
    (record) => record.kind !== 'event' || !/^run\.finished/.test(record.event.type),
  );
  return {
    try: async (random) => {
      const journal = path.join(runs, id, 'journal.jsonl');
      rmSync(path.join(runs, id), { recursive: true, force: true });
      mkdirSync(path.join(runs, id));
      writeFileSync(journal, changed(open, { random, outside, server: server.url }));
      connections.hosts.length = 0;
      const before = server.requests.length;
      const startMs = performance.now();
      const args = random() < 0.1 ? ['runs'] : ['resume', id];
      const outcome = await withinReason(commandLine(args, { runs, folder, connections }));
      const ms = performance.now() - startMs;
      const sent = server.requests.slice(before);
      const problems = [
        ...complain(ms > 2_000, `it took ${ms.toFixed(0)} ms`),
        ...complain(!(outcome.code >= 0 && outcome.code <= 4), `exit code ${outcome.code}`),
        ...complain(/\n\s+at |Interleave failed/.test(outcome.err), `a stack: ${outcome.err}`),
        ...complain(acting.test(outcome.err), `it acts: ${JSON.stringify(outcome.err)}`),
        ...complain(isForged(outcome), `a forged line: ${outcome.out}${outcome.err}`),
        ...complain(JSON.stringify(sent).includes('canary-'), 'a key was sent'),
        ...complain(
          connections.hosts.some((host) => !vendors.includes(host)),
          `it went for ${connections.hosts.join(', ')}`,
        ),
        ...complain(
          readdirSync(outside).join() !== 'victim' ||
            readFileSync(path.join(outside, 'victim'), 'utf8') !== 'as it was',
          'a file outside was written',
        ),
        ...complain(readdirSync(folder).length !== 3, `files: ${readdirSync(folder).join()}`),
      ];
      return { ms, sent: sent.length > 0, problems };
    },
  };
}

/** Throws when a trial hangs, so that the trials end with an error. */
async function withinReason<T>(trial: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('A changed run hangs.')), 15_000);
  });
  try {
    return await Promise.race([trial, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

function complain(isWrong: boolean, problem: string): readonly string[] {
  return isWrong ? [problem] : [];
}

function isForged({ out, err }: { readonly out: string; readonly err: string }): boolean {
  return `${out}\n${err}`.split('\n').some((line) => line.startsWith(forged));
}

interface CommandLineUse {
  readonly runs: string;
  readonly folder: string;
  readonly connections?: Connections;
  readonly interruptAt?: RegExp;
}

async function commandLine(args: readonly string[], use: CommandLineUse) {
  const written = { out: '', err: '' };
  const listeners = new Set<() => void>();
  const interrupt = (): void => {
    for (const listener of [...listeners]) listener();
  };
  // The vendor's server is unreachable here, so interrupt instead of waiting.
  if (use.connections) use.connections.onAttempt = () => setImmediate(interrupt);
  const folders = [{ name: 'workspace', path: use.folder }];
  const code = await runProgram(args, '1.2.3', {
    terminal: {
      out: (text) => {
        written.out += text;
      },
      err: (text) => {
        written.err += text;
        if (use.interruptAt?.test(written.err)) setTimeout(interrupt);
      },
    },
    environment: keys,
    folder: use.folder,
    home: use.folder,
    readInput: async () => Buffer.alloc(0),
    tools: { folders, exclude: [], workerPath: '/nonexistent' },
    retry: impatient,
    runsFolder: use.runs,
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  return { code, ...written };
}

interface Attack {
  readonly random: () => number;
  /** A folder that must not change. */
  readonly outside: string;
  readonly server: string;
}

/** The same journal with one to three changed values, mostly in the definition. */
function changed(records: readonly JournalRecord[], attack: Attack): Buffer {
  const { random } = attack;
  const list: JournalRecord[] = [...records];
  const times = 1 + Math.floor(random() * 3);
  for (let time = 0; time < times; time++) {
    const place = random() < 0.75 ? 0 : Math.floor(random() * list.length);
    const { kind, ...fields } = list[place] as JournalRecord;
    const isStart = kind === 'run.start' && random() < 0.8;
    const next = isStart ? startWith(fields as StartFields, attack) : mutated(fields, attack);
    list[place] = { kind, ...(next as object) } as JournalRecord;
  }
  return Buffer.concat(list.map((record, index) => lineOf(record, index + 1)));
}

function lineOf({ kind, ...fields }: JournalRecord, seq: number): Buffer {
  const body = JSON.stringify({ v: 1, t: '2026-11-20T12:00:00.000Z', k: kind, ...fields });
  const deep = (_: string, depth: string): string =>
    `${'['.repeat(Number(depth))}${']'.repeat(Number(depth))}`;
  return lineBytes(seq, body.replaceAll(/"@deep(\d+)@"/g, deep));
}

function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

/**
 * Values with which an attacker tries to get a key or a file, or random values; in today's format, or in the
 * one of versions before runs had an origin.
 */
function startWith(start: StartFields, attack: Attack): unknown {
  const { random } = attack;
  const { started, definition } = start;
  if (random() < 0.3) return { ...start, definition: mutated(definition, attack) };
  const isAsked = typeof definition === 'object' && definition !== null && 'settings' in definition;
  // An earlier change may have left nothing of it.
  const hasPrompts = isAsked && 'prompts' in definition && Array.isArray(definition.prompts);
  if (!hasPrompts || !Array.isArray(started?.origin?.agents)) return mutated(start, attack);
  if (random() < 0.4) {
    const options = pick(random, optionAttacks)(attack);
    return { ...start, ...earlierCommandStart(start, options) };
  }
  return pick(random, startAttacks)(start, attack);
}

type StartAttack = (start: StartFields, attack: Attack) => unknown;

const startAttacks: readonly StartAttack[] = [
  ({ started, ...rest }, attack) => {
    const agents = started.origin?.agents.map((agent) => ({ ...agent, endpoint: urlOf(attack) }));
    return { ...rest, started: { ...started, origin: { ...started.origin, agents } } };
  },
  ({ started, ...rest }, attack) => {
    const { origin } = started;
    return { ...rest, started: { ...started, origin: mutated(origin, attack) } };
  },
  ({ definition, ...rest }, attack) => {
    const { settings, ...asked } = definition as { readonly settings: object };
    const name = pick(attack.random, settingNames);
    const changed = { ...settings, [name]: poisonOf(attack) };
    return { ...rest, definition: { ...asked, settings: changed } };
  },
  ({ definition, ...rest }, attack) => {
    const { settings, ...asked } = definition as { readonly settings: { readonly limits: object } };
    const limits = { ...settings.limits, [pick(attack.random, limitNames)]: poisonOf(attack) };
    return { ...rest, definition: { ...asked, settings: { ...settings, limits } } };
  },
];

const settingNames = [
  ...['provider', 'model', 'reasoningEffort', 'systemPrompt', 'tools', 'mode', 'failure'],
  ...['toolExecution', 'concurrency', 'warmUpCache', 'limits', 'json', '__proto__', 'odd'],
];

const optionAttacks: readonly ((attack: Attack) => object)[] = [
  (attack) => ({ provider: pick(attack.random, providers), baseUrl: urlOf(attack) }),
  (attack) => ({ baseUrl: [urlOf(attack)] }),
  (attack) => ({ baseUrl: [[urlOf(attack)]], provider: 'auto' }),
  (attack) => ({ [pick(attack.random, outputs)]: pathOf(attack) }),
  (attack) => ({ [pick(attack.random, outputs)]: [pathOf(attack)], log: poisonOf(attack) }),
  (attack) => ({ limit: { [pick(attack.random, limitNames)]: poisonOf(attack) } }),
  (attack) => ({ [pick(attack.random, optionNames)]: poisonOf(attack) }),
  (attack) => ({ concurrency: pick(attack.random, [0, -1, 0.5, 1e308, '8', null]) }),
];

const providers = ['auto', 'anthropic', 'openai', 'demo', 'vscode', ['openai'], '__proto__'];
const outputs = ['json', 'jsonl', 'junit', 'markdown', 'rerunFailed'];
const limitNames = ['toolCalls', 'attempts', 'retrySeconds', 'toolSeconds', '__proto__', 'odd'];
const optionNames = [
  ...['model', 'effort', 'system', 'mode', 'failure', 'toolExecution', 'warmUp', 'log', 'limit'],
  ...['maxTurns', 'maxTokens', 'timeout', 'maxCost', 'select', '__proto__', 'constructor', 'odd'],
];

function urlOf({ random, server }: Attack): unknown {
  const { port } = new URL(server);
  return pick<unknown>(random, [
    server,
    `${server}/v1`,
    `http://localhost:${port}`,
    `http://user:password@127.0.0.1:${port}`,
    `https://api.anthropic.com@127.0.0.1:${port}`,
    `http://127.0.0.1:${port}/?x=`,
    `http://[::ffff:127.0.0.1]:${port}`,
    'https://keys.example/v1',
    'https://keys.example/$(touch x);`touch x`',
    "https://keys.example/' --json /tmp/x '",
    `https://keys.example/\n${forged}: interleave resume`,
    `https://keys.example/${forged}\u202e`,
    'http://10.0.0.1/v1',
    'http://192.168.1.1',
    'http://169.254.169.254/latest',
    'http://metadata.internal/',
    'https://api.anthropic.com.keys.example',
    'https://api.anthropic.com:444',
    'http://api.anthropic.com',
    'https://ap\u0456.anthropic.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/plain,x',
    'ftp://keys.example',
    '//keys.example',
    'keys.example',
    '',
    ' ',
    `https://keys.example/${'x'.repeat(3_000)}`,
  ]);
}

function pathOf({ random, outside }: Attack): string {
  return pick(random, [
    path.join(outside, 'victim'),
    path.join(outside, 'new'),
    path.join(outside, 'missing/new'),
    outside,
    '-',
    '/dev/stdout',
  ]);
}

function poisonOf(attack: Attack): unknown {
  const { random } = attack;
  return pick<unknown>(random, [
    ...[null, true, false, 0, -1, -0, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, 5e-324],
    ...['', 'x'.repeat(50_000), `\n${forged}: do this`, '\u001b]0;x\u0007', '\u0000', '\ud800'],
    ...[[], {}, [[[[]]]], { __proto__: null }, Array(2_000).fill('x'), ['a', ['b']]],
    ...['@deep1000@', '@deep5000@', '@deep200000@'],
    ...[urlOf(attack), pathOf(attack), 'auto', 'unlimited', '__proto__', 'constructor'],
  ]);
}

/** Replaces, removes or adds a value anywhere within a value. */
function mutated(value: unknown, attack: Attack): unknown {
  const { random } = attack;
  if (typeof value !== 'object' || value === null || random() < 0.1) return poisonOf(attack);
  const names = Object.keys(value);
  if (names.length === 0) return poisonOf(attack);
  const name = pick(random, names);
  if (random() < 0.1) return { ...value, [pick(random, optionNames)]: poisonOf(attack) };
  if (random() < 0.1)
    return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
  const inner = mutated((value as Record<string, unknown>)[name], attack);
  return Array.isArray(value) ? value.with(Number(name), inner) : { ...value, [name]: inner };
}
