import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  FILTER_VARIABLE,
  formatTestEvent,
  indentLines,
  parseTestEvents,
  RESULTS_VARIABLE,
  type TestEvent,
  type TestResult,
} from '../../test/support/vscode/testEvents.ts';
import { reportToConsole } from '../report.ts';
import { hasDisplay } from '../vscode/display.ts';
import { bundleIntegrationTests } from './bundle.ts';
import { couldNotRun, describeFailure, type KindResult, withNothingRan } from './counts.ts';
import { provisionDesktop, startElectronHost } from './electronHost.ts';
import { followTests } from './followTests.ts';
import { startHeadlessHost } from './headlessHost.ts';
import type { HostOptions, TestHost } from './host.ts';

const FIXTURE = 'test/fixtures/workspace';
const COMPANIONS = ['test/fixtures/language-models', 'test/fixtures/virtual-files'];

export interface IntegrationOptions {
  /** A regular expression for the titles of the tests to run; all of them when undefined. */
  readonly filter: string | undefined;
  /** Called with each line of output. */
  readonly print: (line: string) => void;
}

/**
 * Runs the tests of `test/integration` in a real VS Code: a desktop one if there is a display, else
 * VS Code's server with a headless browser. `INTERLEAVE_TEST_HOST` chooses.
 */
export async function runIntegration(
  root: string,
  { filter, print }: IntegrationOptions,
): Promise<KindResult> {
  const work = await mkdtemp(path.join(tmpdir(), 'interleave-integration-'));
  try {
    const workspace = path.join(work, 'workspace');
    await copyWorkspace(root, workspace);
    const results = path.join(work, 'results.jsonl');
    await writeFile(results, '');
    const host = await startHost({
      extension: root,
      companions: COMPANIONS.map((folder) => path.join(root, folder)),
      tests: await bundleIntegrationTests(root),
      workspace,
      env: {
        [RESULTS_VARIABLE]: results,
        ...(filter === undefined ? {} : { [FILTER_VARIABLE]: filter }),
        ...(process.env.CI ? { CI: process.env.CI } : {}),
      },
    });
    try {
      const problem = await followTests({
        read: async () => parseTestEvents(await readFile(results, 'utf8')),
        ended: host.ended,
        onEvent: (event) => {
          const text = formatTestEvent(event);
          if (text !== undefined) print(text);
        },
      });
      if (problem !== undefined) {
        print(indentLines(host.diagnosis()));
      }
      const events = parseTestEvents(await readFile(results, 'utf8'));
      return withNothingRan('integration', summarize(events, problem));
    } finally {
      await host.stop();
    }
  } catch (error) {
    return couldNotRun(error instanceof Error ? error.message : String(error));
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Makes the workspace that the tests open, in a new folder: they change its files. */
export async function copyWorkspace(root: string, workspace: string): Promise<void> {
  await cp(path.join(root, FIXTURE), workspace, { recursive: true });
}

async function startHost(options: HostOptions): Promise<TestHost> {
  const wanted = process.env.INTERLEAVE_TEST_HOST ?? (hasDisplay() ? 'any' : 'headless');
  switch (wanted) {
    case 'headless':
      return await startHeadlessHost(options);
    case 'electron':
      return await startElectronHost(await provisionDesktop(), options);
    case 'any': {
      const executable = await provisionDesktop().catch((error: unknown) => {
        reportToConsole(`No desktop VS Code available (${String(error)}): using the server.`);
        return undefined;
      });
      return executable === undefined
        ? await startHeadlessHost(options)
        : await startElectronHost(executable, options);
    }
    default:
      throw new Error(`INTERLEAVE_TEST_HOST is "${wanted}"; it must be "electron" or "headless".`);
  }
}

/** Counts the events; `problem` says why events may be missing. */
export function summarize(events: readonly TestEvent[], problem: string | undefined): KindResult {
  const count = (type: TestResult['type']): number =>
    events.filter((event) => event.type === type).length;
  const reported = events.flatMap((event) => (event.type === 'problem' ? [event.message] : []));
  return {
    counts: { passed: count('passed'), failed: count('failed'), skipped: count('skipped') },
    failures: events.flatMap((event) =>
      event.type === 'failed' ? [describeFailure(event.title, event.error ?? '')] : [],
    ),
    problems: problem === undefined ? reported : [...reported, problem],
  };
}
