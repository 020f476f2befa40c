import { setTimeout as delay } from 'node:timers/promises';
import type { TestEvent } from '../../test/support/vscode/testEvents.ts';

const INTERVAL_MS = 200;

export interface FollowOptions {
  /** All events so far. */
  readonly read: () => Promise<readonly TestEvent[]>;
  /** Resolves when there cannot be further events, with why. */
  readonly ended: Promise<string>;
  readonly onEvent: (event: TestEvent) => void;
  /** The tests are given up when nothing is reported for this long, in milliseconds. */
  readonly silenceMs?: number;
}

/**
 * Hands on the events of a test run as they come, until the run reports its end. Resolves to what
 * went wrong when it never does: the host ended first, or fell silent.
 */
export async function followTests(options: FollowOptions): Promise<string | undefined> {
  const silenceMs = options.silenceMs ?? 180_000;
  let ended: string | undefined;
  void options.ended.then((why) => {
    ended = why;
  });
  let seen = 0;
  let lastNews = Date.now();
  for (;;) {
    // Looked at before reading: what was reported before the end is then surely read.
    const hostEnd = ended;
    const events = await options.read();
    for (const event of events.slice(seen)) {
      options.onEvent(event);
      lastNews = Date.now();
    }
    seen = events.length;
    if (events.at(-1)?.type === 'end') {
      return undefined;
    }
    if (hostEnd !== undefined) {
      return `${hostEnd} ${describeProgress(events)}`;
    }
    if (Date.now() - lastNews > silenceMs) {
      return `Nothing was heard of the tests for ${silenceMs / 1000} s. ${describeProgress(events)}`;
    }
    await delay(INTERVAL_MS);
  }
}

function describeProgress(events: readonly TestEvent[]): string {
  const start = events.find((event) => event.type === 'start');
  if (start === undefined) {
    return 'The tests had not begun: does the extension build, and does its manifest load?';
  }
  const results = events.filter((event) => 'title' in event);
  const last = results.at(-1);
  return (
    `${results.length} of ${start.total} tests had reported` +
    (last === undefined ? '.' : `, last: ${last.title}.`)
  );
}
