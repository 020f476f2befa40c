import type { RunState } from '../../../shared/runState.ts';
import type { Disposable } from '../../base/emitter.ts';
import { withFile, writeFile } from '../../base/fileSystem.ts';
import { renameFile } from '../../base/renameFile.ts';
import { createUlid } from '../../base/ulid.ts';
import type { JournalEnvironment } from '../environment.ts';
import type { Summary } from '../record/runSummary.ts';
import { overviewOf, tailOf } from '../record/runSummary.ts';
import type { RunFolder } from '../runFolder.ts';

/** Max frequency of saving the summary of a run in progress, in ms. */
const intervalMs = 2_000;

type Draft = Pick<Summary, 'overview' | 'phases'>;

function draftSummary(state: RunState, damaged: number): Draft {
  const overview = overviewOf(state, damaged);
  if (overview.state !== 'running') return { overview };
  return { overview, phases: state.conversations.map(({ phase }) => phase) };
}

/** What a summary is of. */
interface Progress {
  /** Length of the journal when it holds everything that has happened. */
  readonly wholeBytes: number | undefined;
}

/**
 * Saves the summary of a run now and then and at its end, so that a list reads at most what was written since.
 * Makes it from the state that the run has anyway.
 */
export class SummaryKeeper {
  readonly #environment: JournalEnvironment;
  readonly #folder: RunFolder;
  readonly #damaged: number;
  /** What the journal said when it was opened; undefined once more was written. */
  #opened: Draft | undefined;
  #state: RunState | undefined;
  #timer: Disposable | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(
    environment: JournalEnvironment,
    folder: RunFolder,
    opened?: { readonly state: RunState | undefined; readonly damaged: number },
  ) {
    this.#environment = environment;
    this.#folder = folder;
    this.#damaged = opened?.damaged ?? 0;
    this.#opened = opened?.state && draftSummary(opened.state, this.#damaged);
  }

  /** The state of the run, into which every record is folded. */
  follow(state: RunState): void {
    this.#state = state;
  }

  /** A record was added to the journal. */
  added(progress: Progress): void {
    this.#opened = undefined;
    this.#timer ??= this.#environment.clock.after(intervalMs, () => {
      this.#timer = undefined;
      // While a record waits to be written, the summary waits with it.
      if (progress.wholeBytes === undefined) this.added(progress);
      else void this.#save(progress.wholeBytes);
    });
  }

  /** Saves the summary of a journal that is about to be closed. Never rejects. */
  async close({ wholeBytes }: Progress): Promise<void> {
    this.#timer?.dispose();
    this.#timer = undefined;
    if (wholeBytes !== undefined) await this.#save(wholeBytes);
    await this.#saving;
  }

  #save(bytes: number): Promise<void> {
    const draft = this.#opened ?? (this.#state && draftSummary(this.#state, this.#damaged));
    if (draft !== undefined) this.#saving = this.#saving.then(() => this.#write(bytes, draft));
    return this.#saving;
  }

  /** Never rejects: without a summary, lists read the whole journal. */
  async #write(bytes: number, draft: Draft): Promise<void> {
    const { fs } = this.#environment;
    const { journal, summary } = this.#folder;
    const temporary = `${summary}.${createUlid()}`;
    try {
      const tail = await withFile(fs, journal, 'read', (file) => tailOf(file, bytes));
      const schema = 'interleave/run-summary@2';
      const content: Summary = { schema, journal: { bytes, tail }, ...draft };
      await writeFile(fs, temporary, 'create', Buffer.from(JSON.stringify(content)));
      await renameFile(this.#environment, temporary, summary);
    } catch {
      await fs.remove(temporary).catch(() => undefined);
    }
  }
}
