/**
 * Messages from the test suite in VS Code to the program that started it: one JSON object per line,
 * appended to the file in `RESULTS_VARIABLE`. It is a file and not the console, because each kind
 * of VS Code formats console lines differently, and the file survives a crash of the host.
 */
export type TestEvent =
  | { readonly type: 'start'; readonly total: number }
  | TestResult
  /** The suite itself is broken: a file without tests, or one that does not load. */
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

/** The environment variable with a regular expression: only tests whose full titles match it run. */
export const FILTER_VARIABLE = 'INTERLEAVE_TEST_FILTER';

/** Parses the events of a file's text; ignores an incomplete last line. */
export function parseTestEvents(text: string): readonly TestEvent[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as TestEvent);
}

/** An event for people; undefined when there is nothing to tell. */
export function formatTestEvent(event: TestEvent): string | undefined {
  switch (event.type) {
    case 'start':
      return `  ${event.total} tests in VS Code`;
    case 'passed':
      return `  ✓ ${event.title} (${event.durationMs} ms)`;
    case 'skipped':
      return `  - ${event.title}`;
    case 'failed':
      return `  ✗ ${event.title}\n${indentLines(event.error ?? '')}`;
    case 'problem':
      return `  ✗ ${event.message}`;
    case 'printed':
      return indentLines(event.text);
    case 'end':
      return undefined;
  }
}

export function indentLines(text: string): string {
  return text.replaceAll(/^/gm, '      ');
}
