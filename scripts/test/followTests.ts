import { setTimeout as delay } from 'node:timers/promises';
import type { TestEvent } from '../../test/support/vscode/testEvents.ts';

const INTERVAL_MS = 200;

export interface FollowOptions {
  /** All events so far. */
  readonly read: () => Promise<readonly TestEvent[]>;
  /** Resolves with the reason when no further events can come. */
  readonly ended: Promise<string>;
  readonly onEvent: (event: TestEvent) => void;
  /** The tests fail when they report nothing for this long, in milliseconds. */
  readonly silenceMs?: number;
}

/**
 * Passes on the events of a test run until it ends. Resolves to the problem when the run never
 * ends: the host exited first, or reported nothing for too long.
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
    // Check before reading: everything reported before the end is then sure to be read.
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
      return `The tests reported nothing for ${silenceMs / 1000} s. ${describeProgress(events)}`;
    }
    await delay(INTERVAL_MS);
  }
}

function describeProgress(events: readonly TestEvent[]): string {
  const start = events.find((event) => event.type === 'start');
  if (start === undefined) {
    return 'The tests did not begin. Check that the extension builds and its manifest loads.';
  }
  const results = events.filter((event) => 'title' in event);
  const last = results.at(-1);
  return (
    `${results.length} of ${start.total} tests had reported` +
    (last === undefined ? '.' : `, last: ${last.title}.`)
  );
}
