import type { RunEvent, RunStarted } from '../shared/conversationEvents.ts';
import type { PanelAnswer, ToPanel } from '../shared/panelProtocol.ts';
import type { RunState } from '../shared/runState.ts';
import { PanelSnapshot } from './panelSnapshot.ts';
import { Throttle } from './throttle.ts';

/** Events are sent in batches of this many ms. */
const batchMs = 50;

/**
 * Feeds one panel: a snapshot of the whole state whenever the panel is ready, in parts if it is large, then every
 * later event in order and without gaps. Sends nothing to a hidden panel: VS Code reloads the page when
 * it is shown again, and the page then reports that it is ready.
 */
export class PanelFeed {
  #state: RunState;
  readonly #post: (message: ToPanel) => void;
  readonly #throttle = new Throttle(batchMs, () => this.#flush());
  #events: Exclude<RunEvent, RunStarted>[] = [];
  #ready = false;
  /** The snapshot on its way. It contains what happens meanwhile. */
  #snapshot: PanelSnapshot | undefined;
  /** Answers that follow it. */
  #answers: PanelAnswer[] = [];
  #toReveal: number | undefined;

  /** Every event updates `state` in place. `post` must copy its argument before it returns. */
  constructor(state: RunState, post: (message: ToPanel) => void) {
    this.#state = state;
    this.#post = post;
  }

  /** Queues an event for the page, unless it is hidden. */
  accept(event: RunEvent): void {
    if (!this.#ready || this.#snapshot !== undefined || event.type === 'run.started') return;
    this.#events.push(event);
    this.#throttle.request();
  }

  /** The panel has loaded, or has missed an event. */
  ready(): void {
    this.#ready = true;
    this.#events = [];
    this.#snapshot?.stop();
    this.#snapshot = new PanelSnapshot(this.#state, this.#post, () => this.#sent());
    this.#snapshot.send();
  }

  #sent(): void {
    this.#snapshot = undefined;
    for (const answer of this.#answers.splice(0)) this.#post(answer);
    if (this.#toReveal !== undefined) this.reveal(this.#toReveal);
  }

  /** Switches to another state object of the same run. */
  replace(state: RunState): void {
    this.#state = state;
    if (this.#ready) this.ready();
  }

  /** VS Code has unloaded the panel's page. */
  hidden(): void {
    this.#ready = false;
    this.#events = [];
    this.#snapshot?.stop();
    this.#snapshot = undefined;
    this.#answers = [];
  }

  /** Shows a conversation now, or as soon as the panel is ready. */
  reveal(conversation: number): void {
    const canShow = this.#ready && this.#snapshot === undefined;
    this.#toReveal = canShow ? undefined : conversation;
    if (!canShow) return;
    this.#flush();
    this.#post({ type: 'reveal', conversation });
  }

  /** Answers a request, after the pending events, so that the page sees the change first. Returns false if hidden. */
  answer(answer: PanelAnswer): boolean {
    if (!this.#ready) return false;
    if (this.#snapshot !== undefined) {
      this.#answers.push(answer);
      return true;
    }
    this.#flush();
    this.#post(answer);
    return true;
  }

  dispose(): void {
    this.hidden();
    this.#throttle.dispose();
  }

  #flush(): void {
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    this.#post({ type: 'events', events });
  }
}
