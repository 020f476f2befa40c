import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RunStarted } from '../../../shared/conversationEvents.ts';
import type { JournalReading } from '../read/readJournal.ts';
import type { Redact } from '../record/encodeRecord.ts';
import { redactedJson } from '../record/encodeRecord.ts';
import type { PlannedRecord, StartRecord } from '../record/journalRecord.ts';
import { withoutPrompts } from '../record/promptTexts.ts';

/**
 * The first records of a run: what its conversations have in common, and one record for each. Without secrets;
 * with marks where `origin` is given.
 */
export function startRecords(
  { conversations, ...common }: RunStarted,
  definition: unknown,
  { redact, origin }: { readonly redact: Redact; readonly origin?: OriginMark | undefined },
): readonly (StartRecord | PlannedRecord)[] {
  // A mark must be of what is written: otherwise a prompt that quotes a key would invalidate it.
  const plain = <T>(value: T): T => JSON.parse(redactedJson(value, redact));
  const plans = conversations.map((one) => plain(one));
  const prompts = plans.map(({ prompt }) => prompt);
  const start: StartRecord = {
    kind: 'run.start',
    started: { ...plain(common), conversations: [] },
    count: plans.length,
    definition: withoutPrompts(definition, prompts, redact),
  };
  const planned = plans.map(
    (plan, conversation): PlannedRecord => ({ kind: 'planned', conversation, planned: plan }),
  );
  return origin === undefined ? [start, ...planned] : origin.sign(start, planned);
}

/**
 * Marks the runs of one installation, so that it recognises them. A mark is an HMAC of one of a run's first
 * records, with a key that is stored elsewhere.
 */
export class OriginMark {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** The first records of a run with their marks. */
  sign(start: StartRecord, plans: readonly PlannedRecord[]): (StartRecord | PlannedRecord)[] {
    const { id } = start.started;
    const marked = plans.map((one) => ({ ...one, mark: this.#markOf(partsOfPlan(id, one)) }));
    return [{ ...start, mark: this.#markOf(partsOf(start)) }, ...marked];
  }

  /** Whether all readable first records of a run were marked here and are unchanged. */
  isOurs({ start, plans }: Pick<JournalReading, 'start' | 'plans'>): boolean {
    if (start === undefined || !this.#holds(start.mark, partsOf(start))) return false;
    const { id } = start.started;
    return plans.every((plan) => this.#holds(plan.mark, partsOfPlan(id, plan)));
  }

  #holds(mark: string | undefined, parts: readonly unknown[]): boolean {
    if (mark === undefined) return false;
    const given = Buffer.from(mark);
    const expected = Buffer.from(this.#markOf(parts));
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #markOf(parts: readonly unknown[]): string {
    return createHmac('sha256', this.#key).update(JSON.stringify(parts)).digest('hex');
  }
}

/** Up to version 2 there is no count: the conversations are in `started`. */
function partsOf({ started, count, definition }: StartRecord): readonly unknown[] {
  return count === undefined ? [started, definition] : ['start', started, count, definition];
}

function partsOfPlan(runId: string, { conversation, planned }: PlannedRecord): readonly unknown[] {
  return ['planned', runId, conversation, planned];
}
