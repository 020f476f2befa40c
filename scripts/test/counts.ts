import { stripVTControlCharacters } from 'node:util';

/** Numbers of tests by outcome. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NO_TESTS: Counts = { passed: 0, failed: 0, skipped: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** The last line of a test run: `12 passed, 0 failed, 1 skipped`. */
export function formatCounts(counts: Counts): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}

/** The result of one kind of tests, as its runner reports it. */
export interface KindResult {
  readonly counts: Counts;
  /** Names of the failed tests, each with the first line of its error. */
  readonly failures: readonly string[];
  /** Problems other than failed tests: nothing ran, a host crashed, a build failed. */
  readonly problems: readonly string[];
}

/** One failed test in one line: `name: error`. */
export function describeFailure(name: string, message: string): string {
  const plain = stripVTControlCharacters(message);
  const first =
    plain
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? 'no reason given';
  return `${name}: ${first.length > 300 ? `${first.slice(0, 300)}…` : first}`;
}

/** The result of a kind of tests that could not run at all. */
export function couldNotRun(problem: string): KindResult {
  return { counts: NO_TESTS, failures: [], problems: [problem] };
}

/** Adds a problem when no tests ran, which must never count as success. */
export function withNothingRan(kind: string, result: KindResult): KindResult {
  const { passed, failed } = result.counts;
  return passed + failed === 0 && result.problems.length === 0
    ? { ...result, problems: [`No ${kind} tests ran.`] }
    : result;
}

/** A test run's exit code: 0 only when every test passed and every kind of tests ran. */
export function exitCode(results: readonly KindResult[]): number {
  return results.every(({ counts, problems }) => counts.failed === 0 && problems.length === 0)
    ? 0
    : 1;
}
