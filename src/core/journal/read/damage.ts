import type { FileLine } from '../../base/fileLines.ts';
import type { DecodedLine } from '../record/recordLine.ts';
import { lineHead, maxHeadBytes, parseHead, withoutNuls } from '../record/recordLine.ts';

/** A part of a file, in bytes from its start, without `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

interface DamagedLine extends ByteRange {
  /** Its first bytes. */
  readonly head: string;
}

/**
 * The damage in a journal. A torn line does not count when its record was written again: a valid line has the
 * same number and checksum, or is the next line and begins with the same bytes.
 */
export class Damage {
  readonly #checksums: ReadonlyMap<number, string>;
  readonly #ranges: ByteRange[] = [];
  #lines = 0;
  /** Damaged lines whose number and checksum can be read. */
  readonly #named: DamagedLine[] = [];
  /** The last line, if it is damaged. */
  #last: DamagedLine | undefined;

  /** `checksums`: of the valid records, by number. */
  constructor(checksums: ReadonlyMap<number, string>) {
    this.#checksums = checksums;
  }

  /** A line without a valid checksum. */
  addLine({ bytes, start, end }: FileLine): void {
    this.#settleLast();
    const head = bytes && withoutNuls(bytes).toString('latin1', 0, maxHeadBytes);
    this.#last = { start, end, head: head ?? '' };
  }

  /** A line with a valid checksum. */
  addValid({ seq, checksum }: DecodedLine): void {
    const valid = lineHead(seq, checksum);
    const torn = this.#last?.head.slice(0, valid.length) ?? '';
    if (torn !== '' && valid.startsWith(torn)) this.#last = undefined;
    this.#settleLast();
  }

  /** A line that is not a record, although its checksum is valid. */
  addRange({ start, end }: ByteRange): void {
    this.#settleLast();
    this.#addRange({ start, end });
  }

  result(): { readonly lines: number; readonly ranges: readonly ByteRange[] } {
    this.#settleLast();
    for (const line of this.#named.splice(0)) {
      if (!this.#isElsewhere(line)) this.#addRange(line);
    }
    return { lines: this.#lines, ranges: this.#ranges.toSorted((a, b) => a.start - b.start) };
  }

  #settleLast(): void {
    const last = this.#last;
    if (last === undefined) return;
    this.#last = undefined;
    if (parseHead(last.head) === undefined) this.#addRange(last);
    else this.#named.push(last);
  }

  #isElsewhere({ head }: DamagedLine): boolean {
    const named = parseHead(head);
    return named !== undefined && this.#checksums.get(named.seq) === named.checksum;
  }

  #addRange({ start, end }: ByteRange): void {
    this.#lines++;
    const last = this.#ranges.at(-1);
    if (last?.end !== start) this.#ranges.push({ start, end });
    else this.#ranges[this.#ranges.length - 1] = { start: last.start, end };
  }
}
