import type { PlannedConversation } from '../../shared/plannedRun.ts';
import type { ConversationProposals } from './fileProposal.ts';
import type { OverlayContent } from './overlay.ts';
import { Overlay } from './overlay.ts';

/** What the conversations of a run propose: one overlay for each, kept until it starts again from its prompt. */
export class Overlays {
  readonly #overlays = new Map<number, Overlay>();

  /** `restored` are the overlays of an earlier process. */
  constructor(restored: ReadonlyMap<number, OverlayContent> = new Map()) {
    for (const [index, content] of restored) this.#overlays.set(index, new Overlay(content));
  }

  of(index: number): Overlay {
    const known = this.#overlays.get(index);
    if (known !== undefined) return known;
    const overlay = new Overlay();
    this.#overlays.set(index, overlay);
    return overlay;
  }

  /** The conversation starts again from its prompt. */
  forget(index: number): void {
    this.#overlays.delete(index);
  }

  /** In prompt order; only conversations that propose something. */
  proposals(
    conversations: readonly Pick<PlannedConversation, 'id' | 'name'>[],
  ): readonly ConversationProposals[] {
    return conversations.flatMap(({ id, name }, conversation) => {
      const files = this.#overlays.get(conversation)?.proposals() ?? [];
      return files.length === 0 ? [] : [{ conversation, id, name, files }];
    });
  }
}
