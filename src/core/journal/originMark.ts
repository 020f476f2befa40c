import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RunStarted } from '../../shared/conversationEvents.ts';
import type { Redact } from './encodeRecord.ts';
import { redactedJson } from './encodeRecord.ts';
import type { StartRecord } from './journalRecord.ts';

/** What a mark is made of: what the run is, and what it was started with. */
interface MarkedStart {
  readonly started: RunStarted;
  readonly definition: unknown;
}

/**
 * Marks the runs of one installation, so that it knows its own from those that were made elsewhere. The
 * mark is an HMAC of the run's first record under a key that is not kept among the runs.
 */
export class OriginMark {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** The first record of a run, with its mark, without the secrets that `redact` takes out. */
  sign(start: MarkedStart, redact: Redact): StartRecord {
    // The mark must be of what is written, or a prompt that quotes a key would break it.
    const { started, definition } = JSON.parse(
      redactedJson({ started: start.started, definition: start.definition }, redact),
    ) as MarkedStart;
    return { kind: 'run.start', started, definition, mark: this.#markOf({ started, definition }) };
  }

  /** Whether a run's first record, as it was read, was signed here and is unchanged. */
  isOurs({ mark, ...start }: MarkedStart & { readonly mark?: string | undefined }): boolean {
    if (mark === undefined) return false;
    const given = Buffer.from(mark);
    const expected = Buffer.from(this.#markOf(start));
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #markOf({ started, definition }: MarkedStart): string {
    const text = JSON.stringify([started, definition]);
    return createHmac('sha256', this.#key).update(text).digest('hex');
  }
}
