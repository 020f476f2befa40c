import { vi } from 'vitest';

/** Set-up file of vitest. A condition that comes true late on a busy machine has come true. */
const deadlineMs = 30_000;

const { waitFor, waitUntil } = vi;

/** `vi.waitFor` gives up after a second unless it is told otherwise, and cannot be configured. */
vi.waitFor = (holds, options = {}) => waitFor(holds, withDeadline(options));
vi.waitUntil = (holds, options = {}) => waitUntil(holds, withDeadline(options));

function withDeadline(options: number | { timeout?: number; interval?: number }) {
  return typeof options === 'number' ? options : { timeout: deadlineMs, ...options };
}
