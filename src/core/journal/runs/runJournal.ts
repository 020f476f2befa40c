import type { RunEvent } from '../../../shared/conversationEvents.ts';
import type { RunState } from '../../../shared/runState.ts';
import { messageOf } from '../../../shared/thrown.ts';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/emitter.ts';
import { Emitter } from '../../base/emitter.ts';
import { UserError } from '../../base/errors.ts';
import type { Message } from '../../providers/message.ts';
import type { JournalFailure } from '../journalFailure.ts';
import { unavailable } from '../journalFailure.ts';
import type {
  BegunCall,
  EndedCall,
  JournalRecorder,
  ToolOutput,
} from '../write/journalRecorder.ts';
import { retryMs } from '../write/journalWriter.ts';
import type { OpenJournal } from './openJournal.ts';

/** What the journal of a run is made of. */
export interface RunJournalParts {
  readonly recorder: JournalRecorder;
  /** The open journal, or why there is none; then opening is retried. */
  readonly first: OpenJournal | JournalFailure;
  /** Opens the journal after it was closed, or could not be created. */
  readonly open: () => Promise<OpenJournal | JournalFailure>;
  readonly clock: Clock;
}

/**
 * The recorder of one run for as long as this process has the run. Closes the journal when the run has ended
 * and is saved, which frees it for other processes, and reopens it when the run goes on. Meanwhile, what is to
 * be recorded waits.
 */
export class RunJournal {
  readonly #parts: RunJournalParts;
  readonly #didChange = new Emitter<void>();
  readonly #didNote = new Emitter<string>();
  /** `failure` or `isReady` may have changed. */
  readonly onDidChange = this.#didChange.event;
  /** What a person should know about the saving. */
  readonly onDidNote = this.#didNote.event;
  /** Itself, under the name that runs ask for. */
  readonly saving = this;
  #state: RunState | undefined;
  #open: OpenJournal | undefined;
  #subscriptions: readonly Disposable[] = [];
  #opening: Promise<void> | undefined;
  #closing: Promise<void> = Promise.resolve();
  /** Why there is no open journal while one is needed. */
  #failed: JournalFailure | undefined;
  #timer: Disposable | undefined;
  /** Whether the run has ended, even if it is not completely saved. */
  #runEnded = false;
  /** How many times the run has ended. */
  #endings = 0;
  #hasLost = false;
  #disposed = false;
  #backlog: (() => void)[] = [];

  constructor(parts: RunJournalParts) {
    this.#parts = parts;
    this.#useOrRetry(parts.first);
  }

  /** Why the run cannot be saved now; undefined while it can. */
  get failure(): JournalFailure | undefined {
    return this.#failed ?? this.#open?.writer.failure;
  }

  /** Whether this process holds the journal or is going to. False once the run has ended and is saved. */
  get isOpen(): boolean {
    return this.#open !== undefined || this.#opening !== undefined || this.#failed !== undefined;
  }

  /** Whether the journal was closed before everything was saved. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** False while the run cannot be saved, and while the journal is being opened. */
  get isReady(): boolean {
    const { failure } = this;
    return failure === undefined && (this.#open !== undefined || this.#opening === undefined);
  }

  /** The state into which each event is folded before it is recorded. Summaries are made from it. */
  follow(state: RunState): void {
    this.#state = state;
    this.#open?.summary.follow(state);
  }

  event(event: RunEvent): void {
    if (event.type === 'run.reopened') this.#reopen();
    this.#write(() => this.#parts.recorder.event(event));
    if (event.type === 'run.finished') this.#endRun();
  }

  message(conversation: number, message: Message): void {
    this.#write(() => this.#parts.recorder.message(conversation, message));
  }

  /** What a tool call changed in the overlay of its conversation. */
  proposal(...change: Parameters<JournalRecorder['proposal']>): void {
    this.#write(() => this.#parts.recorder.proposal(...change));
  }

  /** A tool result that was too long for the model, before it was shortened. */
  output(conversation: number, output: ToolOutput): void {
    this.#write(() => this.#parts.recorder.output(conversation, output));
  }

  /** A tool call that changes something is about to be made, after `commit`. */
  beginCall(call: BegunCall): void {
    this.#write(() => this.#parts.recorder.beginCall(call));
  }

  endCall(call: EndedCall): void {
    this.#write(() => this.#parts.recorder.endCall(call));
  }

  /**
   * Resolves when everything so far is on disk; waits while the disk fails. Rejects with a `UserError` when it
   * never will be.
   */
  async commit(): Promise<void> {
    while (
      this.#open === undefined &&
      (this.#opening !== undefined || this.#failed !== undefined)
    ) {
      if (this.#disposed) throw new UserError(this.#failed?.message ?? 'The journal is closed.');
      if (this.#failed?.final) throw new UserError(this.#failed.message);
      await this.#change();
    }
    if (this.#open !== undefined) await this.#parts.recorder.commit();
  }

  /** Retries at once. Resolves when the outcome is known; never rejects. */
  async retry(): Promise<void> {
    if (this.#failed !== undefined) await this.#tryNow();
    else await this.#open?.writer.retry();
  }

  /** Writes what can be written. Resolves when other processes can have the journal. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#timer?.dispose();
    await this.#opening;
    this.#close();
    this.#didChange.fire();
    await this.#closing;
  }

  #write(act: () => void): void {
    if (this.#open === undefined) this.#backlog.push(act);
    else act();
  }

  #reopen(): void {
    this.#runEnded = false;
    if (this.#open === undefined && !this.#failed) void this.#tryNow();
  }

  /** Makes one attempt at a time; never rejects. */
  #tryNow(): Promise<void> {
    this.#timer?.dispose();
    if (this.#disposed) return Promise.resolve();
    this.#opening ??= this.#attempt().finally(() => {
      this.#opening = undefined;
      this.#didChange.fire();
      if (this.#runEnded) this.#endRun();
    });
    return this.#opening;
  }

  async #attempt(): Promise<void> {
    await this.#closing;
    this.#useOrRetry(
      await this.#parts.open().catch((error: unknown) => unavailable(messageOf(error), true)),
    );
  }

  #useOrRetry(result: OpenJournal | JournalFailure): void {
    if ('writer' in result) {
      this.#use(result);
      return;
    }
    this.#failed = result;
    if (result.final || this.#disposed) return;
    this.#timer = this.#parts.clock.after(retryMs, () => void this.#tryNow());
  }

  #use(open: OpenJournal): void {
    this.#open = open;
    this.#failed = undefined;
    const { writer, summary } = open;
    this.#parts.recorder.use(writer);
    if (this.#state !== undefined) summary.follow(this.#state);
    this.#subscriptions = [
      writer.onDidFail(() => this.#didChange.fire()),
      writer.onDidRecover(() => this.#didChange.fire()),
      writer.onDidGrowLarge((bytes) => this.#didNote.fire(sizeNote(bytes))),
    ];
    for (const act of this.#backlog.splice(0)) {
      try {
        act();
      } catch (error) {
        // Its caller has gone on: only the record is missing.
        this.#didNote.fire(`A part of this run is not saved: ${messageOf(error)}`);
      }
    }
  }

  /** While the disk fails, the journal stays open, so that the end of the run is saved later. */
  #endRun(): void {
    this.#runEnded = true;
    const open = this.#open;
    if (open === undefined) return;
    const endings = ++this.#endings;
    const close = (): void => {
      if (this.#runEnded && this.#open === open && this.#endings === endings) this.#close();
    };
    this.#parts.recorder.commit().then(close, close);
  }

  #close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#closing = open.writer.close().catch(() => {
      this.#hasLost = true;
    });
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const subscription = this.onDidChange(() => {
        subscription.dispose();
        resolve();
      });
    });
  }
}

function sizeNote(bytes: number): string {
  const megabytes = Math.round(bytes / 1_000_000);
  return `What is saved of this run has grown to ${megabytes} MB. At the limit nothing more is sent: finish it soon, and start further prompts as a new run.`;
}
