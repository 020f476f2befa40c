import { setTimeout as sleep } from 'node:timers/promises';

/** So many times the event loop looks for what has come over its connections. */
const turns = 25;

/**
 * Lets everything that is under way inside this process arrive: replies of its own servers, timers,
 * promises. One long sleep would not do: a process that was not run for that long wakes up with its
 * timer before it has looked at its connections.
 */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await sleep(1);
}
