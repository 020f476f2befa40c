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
  BeginningCall,
  EndedCall,
  JournalRecorder,
  ToolOutput,
} from '../write/journalRecorder.ts';
import { retryMs } from '../write/journalWriter.ts';
import type { OpenJournal } from './openJournal.ts';

/** What the journal of a run begins with. */
export interface RunJournalParts {
  readonly recorder: JournalRecorder;
  /** The open journal, or why there is none; then it is tried again. */
  readonly first: OpenJournal | JournalFailure;
  /** Opens the journal when it is closed or could not be made. */
  readonly open: () => Promise<OpenJournal | JournalFailure>;
  readonly clock: Clock;
}

/**
 * The recorder of one run over its whole life in this process. The journal is closed, and so free for
 * others, whenever the run has ended and all of it is saved, and opened again when it goes on. What
 * happens while there is no open journal is kept until then.
 */
export class RunJournal {
  readonly #parts: RunJournalParts;
  readonly #didChange = new Emitter<void>();
  readonly #didNote = new Emitter<string>();
  /** `failure` is another one, or none any more. */
  readonly onDidChange = this.#didChange.event;
  /** What a person should know of how the run is saved. */
  readonly onDidNote = this.#didNote.event;
  /** The same object, by the name that runs ask for. */
  readonly saving = this;
  #state: RunState | undefined;
  #open: OpenJournal | undefined;
  #subscriptions: readonly Disposable[] = [];
  #opening: Promise<void> | undefined;
  #closing: Promise<void> = Promise.resolve();
  /** Why there is no open journal though one is needed. */
  #failed: JournalFailure | undefined;
  #timer: Disposable | undefined;
  /** Whether the run has ended; what is left of it is still to be saved. */
  #runEnded = false;
  /** How many times it has ended. */
  #endings = 0;
  #hasLost = false;
  #disposed = false;
  #backlog: (() => void)[] = [];

  constructor(parts: RunJournalParts) {
    this.#parts = parts;
    this.#useOrRetry(parts.first);
  }

  /** Why what happens is not being saved now; undefined while it is. */
  get failure(): JournalFailure | undefined {
    return this.#failed ?? this.#open?.writer.failure;
  }

  /** Whether it is held by this process, or is to be; false once the run has ended and all of it is saved. */
  get isOpen(): boolean {
    return this.#open !== undefined || this.#opening !== undefined || this.#failed !== undefined;
  }

  /** Whether the journal was closed though something of the run could not be saved. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** Whether what happens is being saved; not while the journal is being opened. */
  get isReady(): boolean {
    const { failure } = this;
    return failure === undefined && (this.#open !== undefined || this.#opening === undefined);
  }

  /** The state that every event is folded into before it is recorded; summaries are made from it. */
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

  /** A tool call that changes something is about to be made: `commit` before it is. */
  beginCall(call: BeginningCall): void {
    this.#write(() => this.#parts.recorder.beginCall(call));
  }

  endCall(call: EndedCall): void {
    this.#write(() => this.#parts.recorder.endCall(call));
  }

  /**
   * Resolves when what happened so far is on disk, and so waits while the disk fails. Rejects with a
   * `UserError` when it never will be.
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

  /** Tries at once whether it can be saved again. Resolves when that is known; never rejects. */
  async retry(): Promise<void> {
    if (this.#failed !== undefined) await this.#tryNow();
    else await this.#open?.writer.retry();
  }

  /** Resolves when the journal is free; what can be written is. */
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

  /** One attempt at a time; never rejects. */
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
        // Whoever did it has gone on: only its own conversation misses it.
        this.#didNote.fire(`A part of this run is not saved: ${messageOf(error)}`);
      }
    }
  }

  /** While the disk fails the journal stays open, so that the end of the run is saved when it can be. */
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
