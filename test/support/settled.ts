import { setTimeout as sleep } from 'node:timers/promises';

/** Number of event loop turns to wait. */
const turns = 25;

/**
 * Waits until everything in flight in this process has arrived: replies of its own servers, timers,
 * promises. A single long timer would not do: after a suspended process wakes up, its timer fires
 * before it reads from its connections.
 */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await sleep(1);
}
