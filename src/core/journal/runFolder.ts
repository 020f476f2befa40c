import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { isUlid } from '../base/ulid.ts';

/** The paths of one run's files. */
export interface RunFolder {
  readonly runId: string;
  readonly path: string;
  /** The records, one per line; append-only. */
  readonly journal: string;
  /** A copy of the damaged bytes, for inspection. */
  readonly corrupt: string;
  readonly lock: string;
  /** The folder of long records, each in a file named by its SHA-256. */
  readonly blobs: string;
  /** A cache for lists; the journal takes precedence. */
  readonly summary: string;
}

/** The folder of a run. Throws a `UserError` for an invalid id. */
export function runFolder(root: string, runId: string): RunFolder {
  if (!isUlid(runId)) {
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
