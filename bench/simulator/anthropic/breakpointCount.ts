import { isJsonObject } from '../json.ts';
import { RequestRefusal } from '../requestRefusal.ts';

const maxBreakpoints = 4;

/** Reads and counts cache breakpoints: a request may have four. */
export class BreakpointCount {
  #count = 0;

  /**
   * Whether there is a breakpoint. Throws a `RequestRefusal` for an invalid one or one too many.
   */
  read(control: unknown, at: string): boolean {
    if (control === undefined || control === null) return false;
    const ttl = isJsonObject(control) ? (control.ttl ?? '5m') : undefined;
    if (!isJsonObject(control) || control.type !== 'ephemeral' || (ttl !== '5m' && ttl !== '1h')) {
      throw new RequestRefusal(`${at}: Input should be {"type": "ephemeral"}`, {
        code: 'invalid_request_error',
      });
    }
    this.#count += 1;
    if (this.#count > maxBreakpoints) {
      throw new RequestRefusal(
        `A maximum of ${maxBreakpoints} blocks with cache_control may be provided. Found ${this.#count}.`,
        { code: 'invalid_request_error' },
      );
    }
    return true;
  }
}
