import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RunStarted } from '../../../shared/conversationEvents.ts';
import type { JournalReading } from '../read/readJournal.ts';
import type { Redact } from '../record/encodeRecord.ts';
import { redactedJson } from '../record/encodeRecord.ts';
import type { MakingRecords } from '../record/firstRecords.ts';
import type { PlannedRecord, StartRecord } from '../record/journalRecord.ts';
import { withoutPrompts } from '../record/promptTexts.ts';

/**
 * The first records of a run: what its conversations have in common, and one record for each. Without secrets;
 * with marks where `origin` is given.
 */
export function* startRecords(
  { conversations, ...common }: RunStarted,
  definition: unknown,
  { redact, origin }: { readonly redact: Redact; readonly origin?: OriginMark | undefined },
): MakingRecords {
  // A mark must be of what is written: otherwise a prompt that quotes a key would invalidate it.
  const plain = <T>(value: T): T => JSON.parse(redactedJson(value, redact));
  const planned: PlannedRecord[] = [];
  for (const [conversation, one] of conversations.entries()) {
    const plan: PlannedRecord = { kind: 'planned', conversation, planned: plain(one) };
    planned.push(origin === undefined ? plan : origin.signPlan(common.id, plan));
    yield;
  }
  const prompts = planned.map((plan) => plan.planned.prompt);
  const start: StartRecord = {
    kind: 'run.start',
    started: { ...plain(common), conversations: [] },
    count: planned.length,
    definition: withoutPrompts(definition, prompts, redact),
  };
  return [origin === undefined ? start : origin.signStart(start), ...planned];
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

  /** The first record of a run with its mark. */
  signStart(start: StartRecord): StartRecord {
    return { ...start, mark: this.#markOf(partsOf(start)) };
  }

  /** The record of one conversation of this run with its mark. */
  signPlan(runId: string, plan: PlannedRecord): PlannedRecord {
    return { ...plan, mark: this.#markOf(partsOfPlan(runId, plan)) };
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
