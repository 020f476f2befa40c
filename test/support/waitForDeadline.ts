import { vi } from 'vitest';

/** Set-up file of vitest. The long deadline keeps tests green on a busy machine. */
const deadlineMs = 30_000;

const { waitFor, waitUntil } = vi;

/** `vi.waitFor` times out after one second by default, and the default cannot be configured. */
vi.waitFor = (holds, options = {}) => waitFor(holds, withDeadline(options));
vi.waitUntil = (holds, options = {}) => waitUntil(holds, withDeadline(options));

function withDeadline(options: number | { timeout?: number; interval?: number }) {
  return typeof options === 'number' ? options : { timeout: deadlineMs, ...options };
}
