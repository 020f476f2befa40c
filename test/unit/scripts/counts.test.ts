import { describe, expect, it } from 'vitest';
import {
  addCounts,
  couldNotRun,
  exitCode,
  formatCounts,
  withNothingRan,
} from '../../../scripts/test/counts.ts';
import { summarize } from '../../../scripts/test/integration.ts';
import { parseVitestReport } from '../../../scripts/test/vitest.ts';
import { parseTestEvents } from '../../support/vscode/testEvents.ts';

const passing = { counts: { passed: 2, failed: 0, skipped: 1 }, failures: [], problems: [] };

describe('Test counts', () => {
  it('add up and are printed in one line', () => {
    const sum = addCounts(passing.counts, { passed: 3, failed: 4, skipped: 5 });
    expect(formatCounts(sum)).toBe('5 passed, 4 failed, 6 skipped');
  });

  it('give exit code 0 only without failures and problems', () => {
    expect(exitCode([passing, passing])).toBe(0);
    expect(exitCode([passing, { ...passing, counts: { ...passing.counts, failed: 1 } }])).toBe(1);
    expect(exitCode([passing, couldNotRun('the build failed')])).toBe(1);
  });

  it('report a kind of tests that ran nothing as a problem, even if some were skipped', () => {
    const none = { counts: { passed: 0, failed: 0, skipped: 3 }, failures: [], problems: [] };
    expect(withNothingRan('e2e', none).problems).toEqual(['No e2e tests ran.']);
    expect(withNothingRan('e2e', passing)).toBe(passing);
    expect(withNothingRan('e2e', couldNotRun('it hung')).problems).toEqual(['it hung']);
  });

  it("are read from vitest's report, with pending tests as skipped", () => {
    const failed = {
      status: 'failed',
      fullName: 'A limiter waits',
      failureMessages: ['\u001b[31mAssertionError: expected 1 to be 2\u001b[39m\n    at a.ts:1'],
    };
    const report = {
      ...{ numPassedTests: 7, numFailedTests: 1, numPendingTests: 1, numTodoTests: 3 },
      testResults: [
        { assertionResults: [{ status: 'passed', fullName: 'A limiter admits' }] },
        { assertionResults: [failed] },
      ],
    };
    expect(parseVitestReport(JSON.stringify(report))).toEqual({
      counts: { passed: 7, failed: 1, skipped: 4 },
      failures: ['A limiter waits: AssertionError: expected 1 to be 2'],
    });
  });

  it('are read from the events of the tests in VS Code, with every problem', () => {
    const events = parseTestEvents(
      [
        '{"type":"start","total":3}',
        '{"type":"problem","message":"a.test.js has no tests."}',
        '{"type":"passed","title":"a","durationMs":1}',
        '{"type":"failed","title":"b","durationMs":1,"error":"boom"}',
        '{"type":"skipped","title":"c","durationMs":0}',
        '{"type":"passed","title":"only half wri',
      ].join('\n'),
    );
    expect(summarize(events, 'The host ended.')).toEqual({
      counts: { passed: 1, failed: 1, skipped: 1 },
      failures: ['b: boom'],
      problems: ['a.test.js has no tests.', 'The host ended.'],
    });
  });
});
