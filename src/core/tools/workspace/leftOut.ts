import { plural } from '../../../shared/quantities.ts';
import type { FileFilter } from './search/filePattern.ts';
import { relativeTo } from './search/filePattern.ts';
import type { LeftOut, LeftOutReason } from './workspace.ts';

/** Something in a folder that is not shown. */
export interface LeftOutEntry {
  /** Workspace path. */
  readonly path: string;
  readonly reason: LeftOutReason;
}

/** Counts the requested entries that a walk leaves out. */
export class LeftOutCounter {
  readonly #counts: { [R in LeftOutReason]?: number } = {};

  get counts(): LeftOut {
    return { ...this.#counts };
  }

  add(reason: LeftOutReason): void {
    this.#counts[reason] = (this.#counts[reason] ?? 0) + 1;
  }

  /**
   * Returns a function that counts an entry below `start` if the filter matches it. Folders always count, because
   * they may contain matching files.
   */
  below(start: string, isWanted: FileFilter): (entry: LeftOutEntry) => void {
    return ({ path, reason }) => {
      const isCounted = reason === 'protected folder' || isWanted(path, relativeTo(start, path));
      if (isCounted) this.add(reason);
    };
  }
}

/** `3 protected files and 1 link left out.`; empty when nothing was. */
export function leftOutNote(leftOut: LeftOut): string {
  const parts = reasons.flatMap((reason) => {
    const count = leftOut[reason] ?? 0;
    return count > 0 ? [plural(count, reason)] : [];
  });
  const last = parts.pop();
  if (last === undefined) return '';
  return `${parts.length === 0 ? last : `${parts.join(', ')} and ${last}`} left out.`;
}

const reasons: readonly LeftOutReason[] = [
  'protected file',
  'protected folder',
  'link',
  'special file',
  'missing folder',
];
