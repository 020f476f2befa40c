import type { RunEvent, RunStarted } from '../shared/conversationEvents.ts';
import type { ToPanel } from '../shared/panelProtocol.ts';
import type { RunState } from '../shared/runState.ts';
import { Throttle } from './throttle.ts';

/** How much time's worth of events goes into one message, in ms. */
const batchMs = 50;

/**
 * Feeds one panel: the whole state whenever the panel says that it is ready, then every event after
 * it, in order and without gaps. Nothing is posted to a panel that cannot be seen: it is loaded anew
 * when it is shown again, and is ready then.
 */
export class PanelFeed {
  #state: RunState;
  readonly #post: (message: ToPanel) => void;
  readonly #throttle = new Throttle(batchMs, () => this.#flush());
  #events: Exclude<RunEvent, RunStarted>[] = [];
  #ready = false;
  #toReveal: number | undefined;

  /** `state` is live; `post` must copy what it is given before it returns. */
  constructor(state: RunState, post: (message: ToPanel) => void) {
    this.#state = state;
    this.#post = post;
  }

  accept(event: RunEvent): void {
    if (!this.#ready || event.type === 'run.started') return;
    this.#events.push(event);
    this.#throttle.request();
  }

  /** The panel was loaded, or missed something. */
  ready(): void {
    this.#ready = true;
    this.#events = [];
    this.#post({ type: 'snapshot', run: this.#state });
    if (this.#toReveal !== undefined) this.reveal(this.#toReveal);
  }

  /** From now on it is about this state of the run, which is live, too. */
  replace(state: RunState): void {
    this.#state = state;
    if (this.#ready) this.ready();
  }

  /** The panel's page is gone until it is ready again. */
  hidden(): void {
    this.#ready = false;
    this.#events = [];
  }

  /** Shows a conversation, now or when the panel is ready. */
  reveal(conversation: number): void {
    this.#toReveal = this.#ready ? undefined : conversation;
    if (!this.#ready) return;
    this.#flush();
    this.#post({ type: 'reveal', conversation });
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
