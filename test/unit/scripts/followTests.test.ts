import { describe, expect, it } from 'vitest';
import { followTests } from '../../../scripts/test/followTests.ts';
import type { TestEvent } from '../../support/vscode/testEvents.ts';

const start: TestEvent = { type: 'start', total: 2 };
const passed: TestEvent = { type: 'passed', title: 'adds', durationMs: 1 };
const end: TestEvent = { type: 'end' };
const never = new Promise<string>(() => {});

/** Returns one more event per read. */
function oneByOne(events: readonly TestEvent[]): () => Promise<readonly TestEvent[]> {
  let readings = 0;
  return async () => {
    readings++;
    return events.slice(0, readings);
  };
}

describe('Following the tests in VS Code', () => {
  it('passes on every event once, in order, until the end', async () => {
    const seen: TestEvent[] = [];
    const problem = await followTests({
      read: oneByOne([start, passed, end]),
      ended: never,
      onEvent: (event) => seen.push(event),
    });
    expect(problem).toBeUndefined();
    expect(seen).toEqual([start, passed, end]);
  });

  it('reports the progress when the host exits before the end', async () => {
    const problem = await followTests({
      read: async () => [start, passed],
      ended: Promise.resolve('The extension host exited (signal SIGKILL).'),
      onEvent: () => {},
    });
    expect(problem).toBe(
      'The extension host exited (signal SIGKILL). 1 of 2 tests had reported, last: adds.',
    );
  });

  it('reports no problem when the host exits after the end', async () => {
    const problem = await followTests({
      read: async () => [start, passed, passed, end],
      ended: Promise.resolve('The extension host exited (code 0).'),
      onEvent: () => {},
    });
    expect(problem).toBeUndefined();
  });

  it('times out when the host is silent', async () => {
    const problem = await followTests({
      read: async () => [],
      ended: never,
      onEvent: () => {},
      silenceMs: 50,
    });
    expect(problem).toContain('The tests reported nothing for 0.05 s.');
    expect(problem).toContain('did not begin');
  });
});
