import type { RunEvent } from '../../shared/conversationEvents.ts';
import { messageOf } from '../../shared/thrown.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable, Event } from '../base/emitter.ts';
import { Emitter } from '../base/emitter.ts';
import { UserError } from '../base/errors.ts';
import type { Message } from '../providers/message.ts';
import { probeMs } from './fileJournalWriter.ts';
import type { JournalFailure } from './journalFailure.ts';
import { unavailable } from './journalFailure.ts';
import type { BeginningCall, EndedCall, JournalRecorder, ToolOutput } from './journalRecorder.ts';
import type { JournalWriter } from './journalWriter.ts';

/** A journal that is open for writing, with its recorder. */
export interface OpenJournal {
  readonly writer: JournalWriter;
  readonly recorder: JournalRecorder;
}

/**
 * Gives the journal for writing, or says why it cannot be had. `before` is the recorder that wrote to it
 * before it was closed.
 */
export type OpenAttempt = (
  before: JournalRecorder | undefined,
) => Promise<OpenJournal | JournalFailure>;

/** What the journal of a run begins with. */
export interface RunJournalParts {
  /** The open journal; when there is only the reason why there is none, it is tried again. */
  readonly first: OpenJournal | JournalFailure;
  /** Opens it for the first time, when that has failed before. */
  readonly create?: OpenAttempt;
  /** Opens it to go on after it was closed. */
  readonly reopen: OpenAttempt;
  readonly clock: Clock;
}

/**
 * The recorder of one run over its whole life in this process. The journal is closed, and so free for
 * others, whenever the run has ended and all of it is saved, and opened again when it goes on; what
 * happens while there is no open journal is kept until then.
 */
export class RunJournal {
  readonly #parts: RunJournalParts;
  readonly #didChange = new Emitter<void>();
  readonly #didNote = new Emitter<string>();
  #open: OpenJournal | undefined;
  #subscriptions: readonly Disposable[] = [];
  #opening: Promise<void> | undefined;
  #closing: Promise<void> = Promise.resolve();
  /** Why there is no open journal though one is needed. */
  #failed: JournalFailure | undefined;
  #timer: Disposable | undefined;
  /** The recorder of the journal that was open last. */
  #recorder: JournalRecorder | undefined;
  /** Whether the run has ended; what is left of it is still to be saved. */
  #runEnded = false;
  #hasLost = false;
  /** How many times it has ended. */
  #legs = 0;
  #disposed = false;
  #backlog: ((recorder: JournalRecorder) => void)[] = [];

  constructor(parts: RunJournalParts) {
    this.#parts = parts;
    if ('writer' in parts.first) this.#use(parts.first);
    else this.#tryLater(parts.first);
  }

  /** The same under the name by which runs ask for it. */
  get saving(): this {
    return this;
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

  /** `failure` is another one, or none any more. */
  get onDidChange(): Event<void> {
    return this.#didChange.event;
  }

  /** What a person should know of how the run is saved. */
  get onDidNote(): Event<string> {
    return this.#didNote.event;
  }

  event(event: RunEvent): void {
    if (event.type === 'run.reopened') this.#openAgain();
    this.#write((recorder) => recorder.event(event));
    if (event.type === 'run.finished') this.#endRun();
  }

  message(conversation: number, message: Message): void {
    this.#write((recorder) => recorder.message(conversation, message));
  }

  /** A tool result that was too long for the model, before it was shortened. */
  proposal(...change: Parameters<JournalRecorder['proposal']>): void {
    this.#write((recorder) => recorder.proposal(...change));
  }

  output(conversation: number, output: ToolOutput): void {
    this.#write((recorder) => recorder.output(conversation, output));
  }

  /** A tool call that changes something is about to be made: `commit` before it is. */
  beginCall(call: BeginningCall): void {
    this.#write((recorder) => recorder.beginCall(call));
  }

  endCall(call: EndedCall): void {
    this.#write((recorder) => recorder.endCall(call));
  }

  /**
   * Resolves when what happened so far is on the disk, and so waits while the disk fails. Rejects with a
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
    await this.#open?.recorder.commit();
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

  #write(act: (recorder: JournalRecorder) => void): void {
    if (this.#open === undefined) this.#backlog.push(act);
    else act(this.#open.recorder);
  }

  /** Whoever did it has gone on: what cannot be written is missed by its own conversation alone. */
  #writeLate(act: (recorder: JournalRecorder) => void, recorder: JournalRecorder): void {
    try {
      act(recorder);
    } catch (error) {
      this.#didNote.fire(`A part of this run is not saved: ${messageOf(error)}`);
    }
  }

  #openAgain(): void {
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
    const { create, reopen } = this.#parts;
    const open = create !== undefined && this.#recorder === undefined ? create : reopen;
    let result: OpenJournal | JournalFailure;
    try {
      result = await open(this.#recorder);
    } catch (error) {
      result = unavailable(messageOf(error), true);
    }
    if ('writer' in result) this.#use(result);
    else this.#tryLater(result);
  }

  #use(open: OpenJournal): void {
    this.#open = open;
    this.#failed = undefined;
    const { writer, recorder } = open;
    this.#recorder = recorder;
    this.#subscriptions = [
      writer.onDidFail(() => this.#didChange.fire()),
      writer.onDidRecover(() => this.#didChange.fire()),
      writer.onDidGrowLarge((bytes) => this.#didNote.fire(sizeNote(bytes))),
    ];
    for (const act of this.#backlog.splice(0)) this.#writeLate(act, recorder);
  }

  #tryLater(failure: JournalFailure): void {
    this.#failed = failure;
    if (failure.final || this.#disposed) return;
    this.#timer = this.#parts.clock.after(probeMs, () => void this.#tryNow());
  }

  /** While the disk fails the journal stays open, so that the end of the run is saved when it can be. */
  #endRun(): void {
    this.#runEnded = true;
    const open = this.#open;
    const legs = ++this.#legs;
    const close = (): void => {
      if (this.#runEnded && this.#open === open && this.#legs === legs) this.#close();
    };
    open?.recorder.commit().then(close, close);
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
