import type { RunEvent } from '../../shared/conversationEvents.ts';
import type { Message } from '../providers/message.ts';
import type { JournalRecorder } from './journalRecorder.ts';
import type { JournalWriter } from './journalWriter.ts';

/** A journal that is open for writing, with its recorder. */
export interface OpenJournal {
  readonly writer: JournalWriter;
  readonly recorder: JournalRecorder;
}

/**
 * The recorder of one run over its whole life in this process. The journal is closed, and so free for
 * others, whenever the run has ended, and opened again when it goes on; what happens while it is being
 * opened is kept until then.
 */
export class RunJournal {
  readonly #reopen: () => Promise<OpenJournal>;
  #open: OpenJournal | undefined;
  #opening: Promise<void> | undefined;
  #closing: Promise<void> = Promise.resolve();
  /** Why the journal could not be opened again. */
  #failed: unknown;
  #backlog: ((recorder: JournalRecorder) => void)[] = [];

  /** `reopen` gives the journal for going on; it rejects with a `UserError` when it cannot. */
  constructor(open: OpenJournal, reopen: () => Promise<OpenJournal>) {
    this.#open = open;
    this.#reopen = reopen;
  }

  event(event: RunEvent): void {
    if (event.type === 'run.reopened') this.#openAgain();
    this.#write((recorder) => recorder.event(event));
    if (event.type === 'run.finished') this.#close();
  }

  message(conversation: number, message: Message): void {
    this.#write((recorder) => recorder.message(conversation, message));
  }

  /** Rejects with a `UserError` when what happened so far cannot be kept. */
  async commit(): Promise<void> {
    await this.#opening;
    if (this.#failed !== undefined) throw this.#failed;
    await this.#open?.recorder.commit();
  }

  /** Resolves when everything is written and the journal is free. */
  async dispose(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    this.#close();
    await this.#closing;
  }

  #write(act: (recorder: JournalRecorder) => void): void {
    if (this.#open === undefined) this.#backlog.push(act);
    else act(this.#open.recorder);
  }

  #openAgain(): void {
    if (this.#open !== undefined || this.#opening !== undefined) return;
    this.#opening = this.#closing.then(this.#reopen).then((open) => {
      this.#open = open;
      this.#opening = undefined;
      this.#failed = undefined;
      for (const act of this.#backlog.splice(0)) act(open.recorder);
    });
    // Whoever asks for `commit` hears of it, and the next rerun tries again.
    this.#opening.catch((error: unknown) => {
      this.#opening = undefined;
      this.#failed = error;
    });
  }

  #close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    // What could not be saved was told by the writer's own events.
    this.#closing = open.writer.close().catch(() => undefined);
  }
}
