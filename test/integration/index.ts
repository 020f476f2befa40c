import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import {
  FILTER_VARIABLE,
  formatTestEvent,
  RESULTS_VARIABLE,
  type TestEvent,
} from '../support/vscode/testEvents.ts';

/** Generous: waiting for a window on a busy machine is slow. */
const TEST_TIMEOUT_MS = 150_000;

/** Disables Mocha's own output; results go to a file. */
class Silent extends Mocha.reporters.Base {
  override epilogue(): void {}
}

class SuiteLoader extends Mocha {
  /** Loads one file into the suite. */
  load(file: string): void {
    this.files = [file];
    this.loadFiles();
  }
}

/**
 * VS Code calls this inside the extension host. Runs every compiled `*.test.js` beside this file
 * and reports each result. Rejects when a test fails or a suite has no tests.
 */
export async function run(): Promise<void> {
  const file = process.env[RESULTS_VARIABLE];
  const emit = file === undefined ? printEvent : openReport(file);
  const restoreConsole = file === undefined ? () => undefined : reportConsole(emit);
  try {
    const mocha = new SuiteLoader({ ui: 'bdd', timeout: TEST_TIMEOUT_MS, reporter: Silent });
    mocha.forbidOnly();
    const problems = loadSuites(mocha);
    const filter = new RegExp(process.env[FILTER_VARIABLE] ?? '');
    mocha.grep(filter);
    emit({ type: 'start', total: countTests(mocha.suite, filter) });
    for (const message of problems) {
      emit({ type: 'problem', message });
    }
    const failures = await runSuites(mocha, emit);
    if (failures + problems.length > 0) {
      throw new Error(`${failures} failed, ${problems.length} problems`);
    }
  } finally {
    restoreConsole();
    emit({ type: 'end' });
  }
}

/** Where nobody reads a file, as on F5, a person reads the debug console. */
function printEvent(event: TestEvent): void {
  const text = formatTestEvent(event);
  if (text !== undefined) console.log(text);
}

function openReport(file: string): (event: TestEvent) => void {
  // At once and synchronously, since the host may exit right after or crash.
  return (event) => appendFileSync(file, `${JSON.stringify(event)}\n`);
}

/** Also reports what the tests print. Returns a function that restores the console. */
function reportConsole(emit: (event: TestEvent) => void): () => void {
  const methods = ['log', 'info', 'warn', 'error'] as const;
  const originals = Object.getOwnPropertyDescriptors(console);
  for (const method of methods) {
    const original = console[method];
    // Not an assignment: the extension host's console ignores those.
    Object.defineProperty(console, method, {
      configurable: true,
      value: (...values: unknown[]) => {
        emit({ type: 'printed', text: format(...values) });
        original(...values);
      },
    });
  }
  return () => {
    for (const method of methods) {
      Object.defineProperty(console, method, originals[method]);
    }
  };
}

/** Loads files one by one, so that a broken file affects only its own tests. */
function loadSuites(mocha: SuiteLoader): readonly string[] {
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js'))
    .sort();
  const problems = files.length === 0 ? ['No test files.'] : [];
  for (const file of files) {
    const before = mocha.suite.total();
    try {
      mocha.load(path.join(__dirname, file));
      if (mocha.suite.total() === before) {
        problems.push(`${file} has no tests.`);
      }
    } catch (error) {
      problems.push(`${file} does not load: ${describeError(error)}`);
    }
  }
  return [...problems, ...emptySuites(mocha.suite)];
}

function countTests(suite: Mocha.Suite, filter: RegExp): number {
  const own = suite.tests.filter((test) => filter.test(test.fullTitle())).length;
  return suite.suites.reduce((sum, inner) => sum + countTests(inner, filter), own);
}

function emptySuites(suite: Mocha.Suite): readonly string[] {
  const own = !suite.root && suite.total() === 0 ? [`"${suite.fullTitle()}" has no tests.`] : [];
  return [...own, ...suite.suites.flatMap(emptySuites)];
}

async function runSuites(mocha: Mocha, emit: (event: TestEvent) => void): Promise<number> {
  const { EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } = Mocha.Runner.constants;
  return await new Promise((resolve) => {
    const runner = mocha.run(resolve);
    const result = (type: 'passed' | 'failed' | 'skipped', test: Mocha.Runnable) => ({
      type,
      title: test.titlePath().join(' › '),
      durationMs: test.duration ?? 0,
    });
    runner.on(EVENT_TEST_PASS, (test) => emit(result('passed', test)));
    runner.on(EVENT_TEST_PENDING, (test) => emit(result('skipped', test)));
    runner.on(EVENT_TEST_FAIL, (test, error) =>
      emit({ ...result('failed', test), error: describeError(error) }),
    );
  });
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
