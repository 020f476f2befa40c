import type { ConversationState } from '../shared/conversationState.ts';
import type { ToPanel } from '../shared/panelProtocol.ts';
import type { RunState } from '../shared/runState.ts';

/** How long it may keep the event loop busy in one turn of it, in ms. */
const budgetMs = 4;
/** So many conversations are sent together at first, and before it is known how long they take. */
const firstSize = 32;
/** How often conversations that change meanwhile are sent again, before all of the rest are sent together. */
const maxPasses = 3;

/**
 * Sends the whole state of a run: its conversations in parts, each as large as there is time for in a turn of the
 * event loop, then everything else together with the conversations that have changed since their part. Each change
 * of a conversation makes a new object, so the ones that changed are known.
 */
export class PanelSnapshot {
  readonly #state: RunState;
  readonly #post: (message: ToPanel) => void;
  readonly #onSent: () => void;
  readonly #sent: (ConversationState | undefined)[] = [];
  /** What is still to be sent in this pass, as it was when the pass began. */
  #rest: readonly ConversationState[];
  #passes = 1;
  #size = firstSize;
  #isFirst = true;
  #isStopped = false;

  /** `onSent` is called when all was sent: at once for a small run. No event may be posted before that. */
  constructor(state: RunState, post: (message: ToPanel) => void, onSent: () => void) {
    this.#state = state;
    this.#post = post;
    this.#onSent = onSent;
    this.#rest = state.conversations;
  }

  /** Sends as much as this turn of the event loop has time for, and the rest in later turns. */
  send(): void {
    if (this.#isStopped) return;
    const untilMs = performance.now() + budgetMs;
    do {
      if (this.#rest.length <= this.#size) {
        const changed = this.#changed();
        if (changed.length <= this.#size || this.#passes === maxPasses) {
          this.#finish(changed);
          return;
        }
        this.#passes += 1;
        this.#rest = changed;
      }
      this.#sendPart();
    } while (performance.now() < untilMs);
    setImmediate(() => this.send());
  }

  /** Sends no more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** The conversations that the page does not have as they are now. */
  #changed(): readonly ConversationState[] {
    return this.#state.conversations.filter((one, index) => this.#sent[index] !== one);
  }

  #sendPart(): void {
    const startMs = performance.now();
    const part = this.#rest.slice(0, this.#size);
    this.#rest = this.#rest.slice(this.#size);
    const conversations = part.map((one) => this.#state.conversations[one.index] ?? one);
    this.#post({ type: 'part', isFirst: this.#isFirst, conversations });
    this.#isFirst = false;
    for (const one of conversations) this.#sent[one.index] = one;
    // The next part takes about half of the time of a turn.
    const fits = Math.floor((this.#size * budgetMs) / 2 / (performance.now() - startMs));
    this.#size = Math.max(1, Math.min(this.#size * 2, fits));
  }

  #finish(conversations: readonly ConversationState[]): void {
    const { started, ...state } = this.#state;
    // The prompts are in the conversations, too.
    const run: RunState = {
      ...state,
      started: { ...started, conversations: [] },
      conversations: [...conversations],
    };
    this.#post({ type: 'snapshot', run });
    this.#onSent();
  }
}
