import { isJsonObject } from '../json.ts';
import { RequestRefusal } from '../requestRefusal.ts';

const most = 4;

/** Reads cache breakpoints and counts them: a request may have four. */
export class BreakpointCount {
  #count = 0;

  /** Whether there is one. Throws a `RequestRefusal` for one that is wrong or one too many. */
  read(control: unknown, at: string): boolean {
    if (control === undefined || control === null) return false;
    const ttl = isJsonObject(control) ? (control.ttl ?? '5m') : undefined;
    if (!isJsonObject(control) || control.type !== 'ephemeral' || (ttl !== '5m' && ttl !== '1h')) {
      throw new RequestRefusal(`${at}: Input should be {"type": "ephemeral"}`, {
        code: 'invalid_request_error',
      });
    }
    this.#count += 1;
    if (this.#count > most) {
      throw new RequestRefusal(
        `A maximum of ${most} blocks with cache_control may be provided. Found ${this.#count}.`,
        { code: 'invalid_request_error' },
      );
    }
    return true;
  }
}
