/**
 * What the suite inside a VS Code tells the program outside that started it: one JSON object a
 * line, appended to the file named by `RESULTS_VARIABLE`. A file and not the console, because every
 * kind of VS Code writes its console lines in its own way, and a host that dies must not take
 * along what it has reported.
 */
export type TestEvent =
  | { readonly type: 'start'; readonly total: number }
  | TestResult
  /** The suite itself is wrong: a file without tests, one that does not load. */
  | { readonly type: 'problem'; readonly message: string }
  /** A test wrote to the console. */
  | { readonly type: 'printed'; readonly text: string }
  | { readonly type: 'end' };

export interface TestResult {
  readonly type: 'passed' | 'failed' | 'skipped';
  /** The titles of the suites around the test and its own. */
  readonly title: string;
  readonly durationMs: number;
  /** For a failed test: the error with its stack. */
  readonly error?: string;
}

/** The environment variable that holds the path of the file for the events. */
export const RESULTS_VARIABLE = 'INTERLEAVE_TEST_RESULTS';

/** The events of a file's text; a last line that is not complete yet is left out. */
export function parseTestEvents(text: string): readonly TestEvent[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as TestEvent);
}
