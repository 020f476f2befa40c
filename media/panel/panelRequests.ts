import type { ConversationError } from '../../src/shared/outcome.ts';
import type {
  FromPanel,
  PanelAnswer,
  PanelRequest,
  RequestAnswer,
} from '../../src/shared/panelProtocol.ts';
import { maxCopyLength } from '../../src/shared/panelProtocol.ts';
import type { RunState } from '../../src/shared/runState.ts';

const noticeMs = 2000;

/** What `PanelRequests` needs. */
export interface PanelRequestsOptions {
  readonly post: (message: FromPanel) => void;
  /** The current run. */
  readonly run: () => RunState | undefined;
  /** Called when the panel must be redrawn. */
  readonly onChange: () => void;
}

/** Called with the answer to one request. */
export type OnAnswer = (answer: RequestAnswer) => void;

/** What holds a run back: an error that pauses it, or the end of the process that ran it. */
type Hold = ConversationError | 'interrupted' | undefined;

/**
 * Sends requests to the extension host and shows their answers. Nothing counts as done or in progress before the
 * host has answered. If the host is gone, everything stays as it was.
 */
export class PanelRequests {
  readonly #options: PanelRequestsOptions;
  readonly #open = new Map<number, OnAnswer>();
  /** Starts at a random number, so that ids differ from those of the page before a reload. */
  #lastId = Math.floor(Math.random() * 2 ** 52);
  #cancelling = false;
  /** The hold that a resume is ending. */
  #resuming: Hold;
  #failure = '';
  #notice = '';
  #silencer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PanelRequestsOptions) {
    this.#options = options;
  }

  /** Whether the run is being cancelled. */
  get cancelling(): boolean {
    return this.#cancelling;
  }

  /** Whether the paused or interrupted run is being resumed. */
  get resuming(): boolean {
    return this.#resuming !== undefined;
  }

  /** Why the last request failed; empty if it did not. */
  get failure(): string {
    return this.#failure;
  }

  /** The last answer, for screen readers; empty after a moment. */
  get notice(): string {
    return this.#notice;
  }

  readonly send = (request: PanelRequest, onAnswer?: OnAnswer): void => {
    this.#failure = '';
    if (request.type === 'copyText' && request.text.length > maxCopyLength) {
      this.#tell({
        ok: false,
        message: 'The text is too long to copy. Export the results instead.',
      });
      return;
    }
    const hold = this.#hold();
    this.#lastId += 1;
    this.#open.set(this.#lastId, (answer) => {
      if (answer.ok) this.#begin(request, hold);
      onAnswer?.(answer);
      this.#tell(answer);
    });
    this.#options.post({ ...request, id: this.#lastId });
    this.#options.onChange();
  };

  /** The host answered. Also shows answers to requests of the page before a reload. */
  accept({ id, ...answer }: PanelAnswer): void {
    const onAnswer = this.#open.get(id) ?? ((late) => this.#tell(late));
    this.#open.delete(id);
    onAnswer(answer);
  }

  /** The run changed. It may have been cancelled or resumed by now. */
  follow(): void {
    if (this.#options.run()?.state !== 'running') this.#cancelling = false;
    if (this.#hold() !== this.#resuming) this.#resuming = undefined;
  }

  readonly dismissFailure = (): void => {
    this.#failure = '';
    this.#options.onChange();
  };

  dispose(): void {
    clearTimeout(this.#silencer);
  }

  #begin({ type }: PanelRequest, hold: Hold): void {
    // The run may have changed before the answer came.
    if (type === 'cancelRun') this.#cancelling = this.#options.run()?.state === 'running';
    if (type === 'resumeRun' && this.#hold() === hold) this.#resuming = hold;
  }

  #hold(): Hold {
    const run = this.#options.run();
    return run?.state === 'interrupted' ? 'interrupted' : run?.paused;
  }

  #tell({ ok, message = '' }: RequestAnswer): void {
    if (!ok) this.#failure = message;
    this.#notice = message;
    clearTimeout(this.#silencer);
    this.#silencer = setTimeout(() => {
      this.#notice = '';
      this.#options.onChange();
    }, noticeMs);
    this.#options.onChange();
  }
}
