import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../childProcess.ts';
import { couldNotRun, describeFailure, type KindResult, withNothingRan } from './counts.ts';

const VITEST = 'node_modules/vitest/vitest.mjs';

export interface VitestOptions {
  /** The root of the project. */
  readonly root: string;
  /** The kind of tests, for messages: `unit`. */
  readonly kind: string;
  /** The configuration file, relative to the root; vitest's own by default. */
  readonly config?: string;
  /** Stops the whole run after this time, in milliseconds. */
  readonly timeoutMs: number;
  /** More arguments for vitest: file filters, `-t`. */
  readonly args?: readonly string[];
}

/** Runs vitest with its usual output and counts the results. */
export async function runVitest(options: VitestOptions): Promise<KindResult> {
  const work = await mkdtemp(path.join(tmpdir(), 'interleave-results-'));
  const report = path.join(work, 'report.json');
  try {
    const run = await runCommand(
      process.execPath,
      [
        path.join(options.root, VITEST),
        'run',
        ...(options.config === undefined ? [] : ['--config', options.config]),
        ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
        ...(options.args ?? []),
      ],
      { cwd: options.root, timeoutMs: options.timeoutMs, output: 'inherit' },
    );
    const json = await readFile(report, 'utf8').catch(() => undefined);
    if (json === undefined) {
      return couldNotRun(run.problem ?? `The ${options.kind} tests exited without a report.`);
    }
    const { counts, failures } = parseVitestReport(json);
    const unexplained = run.code !== 0 && counts.failed === 0;
    const problems = unexplained
      ? [run.problem ?? `vitest failed on the ${options.kind} tests outside of a test.`]
      : [];
    return withNothingRan(options.kind, { counts, failures, problems });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The counts and failed tests of vitest's JSON report. */
export function parseVitestReport(json: string): Pick<KindResult, 'counts' | 'failures'> {
  const report = JSON.parse(json) as VitestReport;
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    counts: {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    },
    failures: tests.flatMap(({ status, fullName, failureMessages }) =>
      status === 'failed' ? [describeFailure(fullName, failureMessages?.[0] ?? '')] : [],
    ),
  };
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}
