import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Redactor } from '../../src/core/base/redact.ts';
import { createUlid } from '../../src/core/base/ulid.ts';
import { conversationToMarkdown, resultToMarkdown } from '../../src/core/export/markdown.ts';
import { RunLog } from '../../src/core/export/runLog.ts';
import { nodeEnvironment } from '../../src/core/journal/environment.ts';
import { RunArchive } from '../../src/core/journal/runs/runArchive.ts';
import { Runner } from '../../src/core/runner/runner.ts';
import { createToolset } from '../../src/core/tools/toolset.ts';
import type { ToPanel } from '../../src/shared/panelProtocol.ts';
import type { RunResult } from '../../src/shared/runResult.ts';
import { PanelFeed } from '../../src/views/panelFeed.ts';
import {
  canaries,
  canaryFiles,
  canaryServer,
  environmentKeys,
  foreignSecrets,
  promptNames,
  promptText,
} from '../support/canaries.ts';
import { impatient, testAgent, testRun } from '../support/runs.ts';
import { interleave, promptFolder } from './cli/commandLine.ts';
import { type TestedProtocol, testedProtocol } from './core/providers/protocols.ts';

const workerPath = path.resolve('src/core/tools/workers/toolWorkerMain.ts');
const consoleMethods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;

/** Names of the canaries in a text. */
function foundIn(text: string, among: ReadonlyMap<string, string>): readonly string[] {
  return [...among].filter(([, secret]) => text.includes(secret)).map(([name]) => name);
}

function errorsOf(messages: readonly ToPanel[], result: RunResult): string {
  const errors: unknown[] = result.conversations.map(({ error }) => error);
  JSON.stringify(messages, (key, value: unknown) => {
    if (key === 'error' || key === 'paused' || key === 'requestId') errors.push(value);
    return value;
  });
  return JSON.stringify(errors);
}

/** A folder for runs, deleted after the test, with everything written there. */
async function savedRuns(redactor: Redactor) {
  const root = promptFolder({});
  const archive = new RunArchive({
    root,
    environment: await nodeEnvironment(),
    redact: redactor.hideKeys,
    maxRuns: 10,
    onFailure: () => undefined,
  });
  const read = (): string =>
    globSync('**/*', { cwd: root, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
      .join('\n');
  return { archive, read };
}

/** Runs every fault over one protocol, with everything in the window that listens to a run. */
async function fullRun(protocol: TestedProtocol) {
  const server = await canaryServer(protocol.name as 'anthropic' | 'openai');
  const redactor = new Redactor();
  for (const key of environmentKeys.values()) redactor.add(key);
  const apiKey = environmentKeys.get(protocol.name);
  const provider = protocol.create({ baseUrl: server.url, apiKey });
  const folders = [{ name: 'workspace', path: promptFolder(canaryFiles) }];
  const toolset = createToolset({ folders, exclude: [], workerPath });
  const agent = testAgent(provider, { tools: toolset.tools });
  const runner = new Runner({ redactor, retry: impatient });
  const kept = await savedRuns(redactor);
  const recorder = (await kept.archive.record(createUlid(), { title: apiKey }))!;
  const run = testRun(agent, promptNames.map(promptText), { runner, recorder });
  const log = new RunLog(run.state, 'interleaved');
  const lines: string[] = [];
  /** Streamed text per conversation, piece after piece. */
  const streamed: string[] = [];
  const messages: ToPanel[] = [];
  const feed = new PanelFeed(run.state, (message) => messages.push(structuredClone(message)));
  feed.ready();
  run.onEvent((event) => {
    lines.push(...log.lines(event));
    if (event.type === 'turn.delta') {
      streamed[event.conversation] = (streamed[event.conversation] ?? '') + event.text;
    }
    feed.accept(event);
  });
  run.start();
  const result = await run.ended();
  await vi.waitFor(() => expect(JSON.stringify(messages)).toContain('run.finished'));
  feed.ready();
  feed.dispose();
  await recorder.saving.dispose();
  await toolset.dispose();
  provider.dispose();
  return { server, lines, streamed, messages, result, journal: kept.read() };
}

describe('20 canaries', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('are 20, all different', () => {
    expect(new Set(canaries.values()).size).toBe(20);
  });

  describe.each(['anthropic', 'openai'] as const)('in a run full of faults (%s)', (name) => {
    it('stay out of the log, the panel, the exports and every error', async () => {
      const spies = consoleMethods.map((method) => vi.spyOn(console, method));
      const { server, lines, streamed, messages, result, journal } = await fullRun(
        testedProtocol(name),
      );

      // All canaries could leak, and the requested text is present.
      expect(foundIn(server.sent(), canaries)).toHaveLength(20);
      const { done, failed, total } = result.counts;
      expect({ done, failed, total }).toEqual({ done: 5, failed: 7, total: promptNames.length });
      expect(JSON.stringify(result)).toContain('The notes say');

      expect(foundIn(lines.join('\n'), canaries)).toEqual([]);
      expect(foundIn(errorsOf(messages, result), canaries)).toEqual([]);
      expect(journal).toContain('The notes say');
      const shown = [
        JSON.stringify(messages),
        ...Object.values(streamed),
        journal,
        JSON.stringify(result),
        resultToMarkdown(result, 'title'),
        ...result.conversations.map(conversationToMarkdown),
      ];
      for (const text of shown) expect(foundIn(text, environmentKeys)).toEqual([]);
      for (const spy of spies) expect(spy).not.toHaveBeenCalled();
    });

    it('do not reach a model through a file that contains a key', async () => {
      const { server } = await fullRun(testedProtocol(name));
      const bodies = server.requests
        .map(({ body }) => body)
        .filter((body) => /readsFile/.test(body));
      expect(bodies.join('')).toContain('The notes say');
      expect(foundIn(bodies.join('\n'), environmentKeys)).toEqual([]);
    });

    it("stay out of the command line's output", async () => {
      const server = await canaryServer(name);
      const prompts = promptNames.map((prompt) => `## ${prompt}\n\n${promptText(prompt)}\n`);
      const folder = promptFolder({ 'all.prompts.md': prompts.join('\n') });
      const target = (file: string): string => path.join(folder, file);
      const outcome = await interleave(
        [
          ...['run', target('all.prompts.md'), '--provider', name, '--base-url', server.url],
          ...['--json', target('a.json'), '--jsonl', target('a.jsonl')],
          ...['--markdown', target('a.md')],
        ],
        {
          environment: {
            ANTHROPIC_API_KEY: environmentKeys.get('anthropic') ?? '',
            OPENAI_API_KEY: environmentKeys.get('openai') ?? '',
          },
          workspace: canaryFiles,
        },
      );
      expect(outcome.code).toBe(1);
      expect(foundIn(server.sent(), canaries)).toHaveLength(20);
      expect(foundIn(outcome.err, canaries)).toEqual([]);
      expect(foundIn(outcome.out, environmentKeys)).toEqual([]);
      for (const file of ['a.json', 'a.jsonl', 'a.md']) {
        const written = readFileSync(target(file), 'utf8');
        expect(written).toContain('readsFile');
        expect(foundIn(written, environmentKeys), file).toEqual([]);
      }
    });
  });

  it('of other services may appear in an answer when the user asked for them', async () => {
    const { result } = await fullRun(testedProtocol('anthropic'));
    const read = result.conversations.flatMap(({ toolCalls }) => toolCalls);
    const outputs = read.map(({ output }) => output).join('\n');
    expect(foundIn(outputs, foreignSecrets).length).toBeGreaterThan(10);
  });
});
