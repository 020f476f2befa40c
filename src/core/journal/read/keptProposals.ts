import type { RunState } from '../../../shared/runState.ts';
import type { KeptEvent } from '../../base/eventSchemas.ts';
import type { OverlayContent } from '../../proposals/overlay.ts';
import { Overlay } from '../../proposals/overlay.ts';
import type { Message } from '../../providers/message.ts';
import { countTurns } from '../../providers/message.ts';
import type { JournalRecord, ProposalRecord } from '../record/journalRecord.ts';

/** What the conversations of a run propose, as far as it is kept. */
export interface RestoredOverlays {
  readonly overlays: ReadonlyMap<number, OverlayContent>;
  /** Conversations of which proposals are lost: nothing of theirs is there. */
  readonly lost: readonly number[];
}

/**
 * Collects what conversations propose from the records of a journal. A proposal counts when its tool call has
 * ended: a call that was cut off is made again when the conversation goes on.
 */
export class KeptProposals {
  readonly #records = new Map<number, readonly ProposalRecord[]>();
  readonly #ended = new Map<number, Set<string>>();

  add(record: JournalRecord): void {
    if (record.kind === 'proposal') {
      const before = this.#records.get(record.conversation) ?? [];
      this.#records.set(record.conversation, [...before, record]);
    }
    if (record.kind === 'event') this.#follow(record.event);
  }

  /**
   * The overlays from which conversations go on. Those that have not ended go on from `messages`: what they
   * proposed after these does not count.
   */
  overlays(run: RunState, messages: ReadonlyMap<number, readonly Message[]>): RestoredOverlays {
    const overlays = new Map<number, OverlayContent>();
    const lost: number[] = [];
    for (const { index, phase, proposals = [] } of run.conversations) {
      const turns =
        phase === 'done' ? Number.POSITIVE_INFINITY : countTurns(messages.get(index) ?? []);
      const records = this.#endedRecords(index, turns);
      const overlay = new Overlay({
        files: records.flatMap(({ files }) => files),
        reads: records.flatMap(({ reads = [] }) => reads),
      });
      const isWhole = JSON.stringify(overlay.summary()) === JSON.stringify(proposals);
      if (phase === 'done' && !isWhole) lost.push(index);
      else if (records.length > 0) overlays.set(index, overlay.content);
    }
    return { overlays, lost };
  }

  #follow(event: KeptEvent): void {
    // What a nested conversation proposes is proposed by the call that it belongs to.
    if ('within' in event && event.within !== undefined) return;
    switch (event.type) {
      case 'conversation.requeued':
        this.#records.delete(event.conversation);
        this.#ended.delete(event.conversation);
        return;
      case 'conversation.resumed': {
        const { conversation, keptTurns = Number.POSITIVE_INFINITY } = event;
        this.#records.set(conversation, this.#endedRecords(conversation, keptTurns));
        return;
      }
      case 'tool.finished': {
        const ended = this.#ended.get(event.conversation) ?? new Set();
        this.#ended.set(event.conversation, ended.add(callKey(event)));
      }
    }
  }

  #endedRecords(conversation: number, turns: number): readonly ProposalRecord[] {
    const ended = this.#ended.get(conversation);
    const records = this.#records.get(conversation) ?? [];
    return records.filter((record) => record.turn <= turns && ended?.has(callKey(record)));
  }
}

function callKey({ turn, callId }: Pick<ProposalRecord, 'turn' | 'callId'>): string {
  return `${turn} ${callId}`;
}
