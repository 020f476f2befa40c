import { join } from 'node:path';
import { UserError } from '../base/errors.ts';

/** Where the parts of one run's journal are. */
export interface RunFolder {
  readonly runId: string;
  readonly path: string;
  /** The records, one a line; only ever appended to. */
  readonly journal: string;
  /** A copy of the bytes that are no valid records, for whoever wants to look at them. */
  readonly corrupt: string;
  readonly lock: string;
  /** What is too long for a line, named by its SHA-256. */
  readonly blobs: string;
  /** A cache for lists; never believed against the journal. */
  readonly summary: string;
}

const runIdPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Whether a text is an identifier as we make them (a ULID), and so safe as the name of a folder. */
export function isRunId(text: string): boolean {
  return runIdPattern.test(text);
}

/** The folder of a run. Throws a `UserError` for anything but an identifier of ours. */
export function runFolder(root: string, runId: string): RunFolder {
  if (!isRunId(runId)) {
    throw new UserError(
      `${JSON.stringify(runId.slice(0, 60))} is not the id of a run. An id has 26 letters and digits; "interleave runs" lists them.`,
    );
  }
  const path = join(root, runId);
  return {
    runId,
    path,
    journal: join(path, 'journal.jsonl'),
    corrupt: join(path, 'journal.corrupt'),
    lock: join(path, 'lock'),
    blobs: join(path, 'blobs'),
    summary: join(path, 'summary.json'),
  };
}

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** When an identifier was made, in ms since 1970: its first ten characters say so. */
export function timeOfRunId(runId: string): number {
  return [...runId.slice(0, 10)].reduce((time, digit) => time * 32 + digits.indexOf(digit), 0);
}
