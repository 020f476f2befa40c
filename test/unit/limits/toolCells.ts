import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { vi } from 'vitest';
import { addLimit } from '../../../src/cli/limitOptions.ts';
import { agentLimits } from '../../../src/core/agent/agentSpec.ts';
import { defaultLimitValues } from '../../../src/core/base/limits.ts';
import type { Message } from '../../../src/core/providers/message.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import { testAgent, testRun } from '../../support/runs.ts';
import { ScriptedProvider } from '../../support/scriptedProvider.ts';
import { promptFolder } from '../cli/commandLine.ts';
import { probe } from '../core/tools/toolFixtures.ts';
import type { Cell } from './cell.ts';
import type { Call } from './commandLineRuns.ts';
import { inTurns, runAt } from './commandLineRuns.ts';

/** What is found in a large file, after what is found in others. */
const searchedLast = 'b.txt:1: needle\\na.txt:1: needle';

/** Limits on tool inputs and results. */
export const toolCells = {
  parallelTools: {
    limit: 3,
    ends: ['2 at once', '3 at once', '3 at once'],
    take: (calls, args) => mostAtOnce({ calls, args }),
  },
  toolsInFlight: {
    limit: 3,
    ends: ['2 at once', '3 at once', '3 at once'],
    take: (conversations, args) => mostAtOnce({ conversations, args }),
  },
  toolResultCharacters: {
    limit: 1_000,
    ends: ['whole', 'whole', 'shortened'],
    take: async (length, args) => {
      const { given } = await runProbe({ execute: () => 'x'.repeat(length), args });
      return given === 'x'.repeat(length) ? 'whole' : 'shortened';
    },
  },
  toolResultKeptKB: {
    limit: 2,
    scale: 1_000,
    ends: ['whole', 'whole', 'shortened'],
    take: async (bytes, args) => {
      const short = [...args, '--limit', 'toolResultCharacters=1000'];
      // Some characters have two bytes: the limit counts bytes.
      const text = 'ä'.repeat(300) + 'x'.repeat(bytes - 600);
      const { kept } = await runProbe({ execute: () => text, args: short });
      const [output = ''] = kept;
      if (Buffer.byteLength(output) > 2_000) return 'too much';
      return output === text ? 'whole' : 'shortened';
    },
  },
  toolSeconds: {
    limit: 2,
    scale: 1_000,
    ends: ['waits', 'timed out', 'timed out'],
    take: (ms, args) => silentSearch(ms, [...args, '--limit', 'searchSeconds=60'], 'did not end'),
  },
  searchSeconds: {
    limit: 3,
    scale: 1_000,
    ends: ['waits', 'timed out', 'timed out'],
    take: (ms, args) => silentSearch(ms, args, 'took too long'),
  },
  fileKB: {
    limit: 1,
    scale: 1_000,
    ends: ['whole', 'whole', 'This is the end of the file.'],
    take: (bytes, args) =>
      resultContains(readFile, { workspace: { 'a.txt': 'x'.repeat(bytes) }, args }, [
        'This is the end of the file.',
        'whole',
      ]),
  },
  fileLines: {
    limit: 3,
    ends: ['whole', 'whole', 'Go on with startLine 4'],
    take: (lines, args) =>
      resultContains(readFile, { workspace: { 'a.txt': 'x\n'.repeat(lines) }, args }, [
        'Go on with startLine 4',
        'whole',
      ]),
  },
  searchMatches: {
    limit: 3,
    ends: ['all', 'all', 'There are more.'],
    take: (lines, args) =>
      resultContains(search, { workspace: { 'a.txt': 'needle\n'.repeat(lines) }, args }, [
        'There are more.',
        'all',
      ]),
  },
  searchFiles: {
    limit: 3,
    ends: ['all', 'all', 'There are more files.'],
    take: (count, args) => {
      const files = Array.from({ length: count }, (_, index) => [`${index}.txt`, 'hay']);
      return resultContains(search, { workspace: Object.fromEntries(files), args }, [
        'There are more files.',
        'all',
      ]);
    },
  },
  searchFileKB: {
    limit: 1,
    scale: 1_000,
    ends: ['all', 'all', searchedLast],
    take: (bytes, args) => {
      const text = `needle\n${'x'.repeat(bytes - 'needle\n'.length)}`;
      const workspace = { 'a.txt': text, 'b.txt': 'needle' };
      return resultContains(search, { workspace, args }, [searchedLast, 'all']);
    },
  },
} satisfies { readonly [name: string]: Cell };

const readFile: Call = { name: 'read_file', input: { path: 'a.txt' } };
const search: Call = { name: 'search_text', input: { query: 'needle' } };

interface Asked {
  readonly workspace: { readonly [name: string]: string };
  readonly args: readonly string[];
}

/** Makes a model call a tool, and checks whether the result it gets contains the first text. */
async function resultContains(
  call: Call,
  asked: Asked,
  [text, otherwise]: readonly [string, string],
): Promise<string> {
  const ran = await runAt({ replies: inTurns([call]), ...asked });
  const content = toolResultIn(ran.lastBody);
  return content.includes(text) ? text : otherwise;
}

function toolResultIn(body: string): string {
  const { messages } = JSON.parse(body);
  return JSON.stringify(messages.at(-1));
}

interface ProbeRun {
  readonly execute: () => string | Promise<string>;
  readonly args: readonly string[];
  readonly calls?: number;
  readonly conversations?: number;
}

/** Runs an agent whose model makes this many tool calls in one turn, and then answers. */
async function runProbe({ execute, args, calls = 1, conversations = 1 }: ProbeRun) {
  const settings = args.filter((arg) => arg.includes('='));
  const limit = settings.reduce((before, arg) => addLimit(arg, before), {});
  const values = { ...defaultLimitValues, ...limit };
  const provider = new ScriptedProvider((_, turn) => {
    if (turn > 1) return { text: 'Done.' };
    const asked = Array.from({ length: calls }, (__, index) => ({
      ...{ callId: `c${index}`, name: 'probe', input: {} },
    }));
    return { calls: asked };
  });
  const agent = testAgent(provider, {
    tools: [probe(execute)],
    toolExecution: 'parallel',
    limits: agentLimits(values),
  });
  const messages: Message[] = [];
  const kept: string[] = [];
  const run = testRun(agent, new Array<string>(conversations).fill('Go.'), {
    runner: new Runner(),
    recorder: {
      event: () => undefined,
      message: (_, message) => messages.push(message),
      output: (_, { text }) => kept.push(text),
      commit: async () => undefined,
    },
  });
  run.start();
  await run.ended();
  const results = messages.find(({ role }) => role === 'tool');
  const given = results?.role === 'tool' ? (results.outcomes[0]?.content ?? '') : '';
  return { given, kept };
}

/** How many of the tool calls of a run are active at the same time. */
async function mostAtOnce(asked: Omit<ProbeRun, 'execute'>): Promise<string> {
  let active = 0;
  let maxActive = 0;
  const execute = async (): Promise<string> => {
    maxActive = Math.max(maxActive, ++active);
    await sleep(1);
    active--;
    return 'ok';
  };
  await runProbe({ execute, ...asked });
  return `${maxActive} at once`;
}

/**
 * Makes a model search with a worker that never answers, and checks after `ms` whether the search
 * timed out.
 */
async function silentSearch(ms: number, args: readonly string[], why: string): Promise<string> {
  const folder = promptFolder({});
  const asked = path.join(folder, 'asked');
  const searchScript = path.join(folder, 'silent.mjs');
  const source = [
    "import { writeFileSync } from 'node:fs';",
    "import { parentPort } from 'node:worker_threads';",
    `parentPort.on('message', () => writeFileSync(${JSON.stringify(asked)}, ''));`,
    "parentPort.postMessage({ type: 'ready' });",
  ];
  writeFileSync(searchScript, source.join('\n'));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    let isOver = false;
    const run = runAt({ replies: inTurns([search]), searchScript, args }).finally(() => {
      isOver = true;
    });
    while (!existsSync(asked)) await sleep(2);
    vi.advanceTimersByTime(ms);
    // The model gets the error of a timed-out search at once, and otherwise nothing.
    for (let tries = 0; tries < 400 && !isOver; tries++) await sleep(5);
    const seen = isOver ? 'timed out' : 'waits';
    while (!isOver) {
      vi.advanceTimersByTime(1_000);
      await sleep(2);
    }
    return toolResultIn((await run).lastBody).includes(why) ? seen : 'something else';
  } finally {
    vi.useRealTimers();
  }
}
