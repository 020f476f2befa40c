import type { ConversationProposals, FileProposal } from './fileProposal.ts';
import { mergeTexts } from './mergeTexts.ts';

/** The content of a file as it is now; null if there is none. */
export type CurrentFile =
  | string
  | null
  /** Something that proposals never replace, such as a link or a binary file. */
  | { readonly problem: string };

/** What applying proposals does to one file. */
export interface FileOutcome {
  readonly path: string;
  /** Of a rename: the old path, whose file goes. */
  readonly from?: string;
  /** What is there now, of a rename at `from`; null if there is nothing. */
  readonly before: string | null;
  /** What is to be there; null for a delete. */
  readonly after: string | null;
  /** The conversations that proposed it, by index. */
  readonly conversations: readonly number[];
}

/** A proposal that is not applied, because it would overwrite what it does not know. */
export interface ProposalConflict {
  readonly path: string;
  /** The conversation whose proposal it is, by index. */
  readonly conversation: number;
  /** In words that follow the path. */
  readonly reason: string;
  /** Earlier conversations that changed the file; empty when it changed on disk. */
  readonly against: readonly number[];
}

/** What applying proposals comes to. Plain data: whoever applies them writes `files` and shows `conflicts`. */
export interface CombinedProposals {
  /** Sorted by path. */
  readonly files: readonly FileOutcome[];
  /** In prompt order. */
  readonly conflicts: readonly ProposalConflict[];
}

/** Every path whose current content `combineProposals` needs. */
export function pathsOf(conversations: readonly ConversationProposals[]): readonly string[] {
  const files = conversations.flatMap((conversation) => conversation.files);
  return [
    ...new Set(files.flatMap(({ path, from }) => (from === undefined ? path : [path, from]))),
  ];
}

/**
 * Applies proposals to the files as they are now, conversation by conversation in prompt order. Where a file is
 * no longer what a conversation read, its changes are merged if they do not touch the others'; else they are a
 * conflict, and the file stays as it is without them. Pure.
 */
export function combineProposals(
  conversations: readonly ConversationProposals[],
  current: ReadonlyMap<string, CurrentFile>,
): CombinedProposals {
  const files = new Files(current);
  const conflicts: ProposalConflict[] = [];
  const inOrder = [...conversations].sort((a, b) => a.conversation - b.conversation);
  for (const { conversation, files: proposals } of inOrder) {
    // Files that are in the way of a new name may go first.
    for (const proposal of [...proposals].sort(deletesFirst)) {
      const conflict = applyProposal(proposal, conversation, files);
      if (conflict !== undefined)
        conflicts.push({ path: proposal.path, conversation, ...conflict });
    }
  }
  return { files: files.outcomes(), conflicts };
}

function deletesFirst(a: FileProposal, b: FileProposal): number {
  return Number(b.kind === 'delete') - Number(a.kind === 'delete');
}

type Conflict = Pick<ProposalConflict, 'reason' | 'against'>;

/** Undefined when it was applied. */
function applyProposal(
  proposal: FileProposal,
  conversation: number,
  files: Files,
): Conflict | undefined {
  const { kind, path, from = path } = proposal;
  const problem = files.problemOf(from) ?? files.problemOf(path);
  if (problem !== undefined) return { reason: problem, against: [] };
  switch (kind) {
    case 'create':
      return create(proposal, conversation, files);
    case 'delete':
      return remove(proposal, conversation, files);
    case 'change':
      return change(proposal, conversation, files);
    case 'rename':
      return rename({ ...proposal, from }, conversation, files);
  }
}

function create({ path, text }: FileProposal, by: number, files: Files): Conflict | undefined {
  const now = files.text(path);
  if (now !== null && now !== text) return conflict(path, exists, files);
  files.write(path, text, by);
  return undefined;
}

function remove({ path, base }: FileProposal, by: number, files: Files): Conflict | undefined {
  const now = files.text(path);
  if (now !== null && now !== base) return conflict(path, changed, files);
  files.write(path, null, by);
  return undefined;
}

function change(
  { path, base, text }: FileProposal,
  by: number,
  files: Files,
): Conflict | undefined {
  const now = files.text(path);
  if (now === null) return conflict(path, gone, files);
  const merged = mergeTexts(base ?? '', text ?? '', now);
  if (merged === undefined) return conflict(path, changed, files);
  files.write(path, merged, by);
  return undefined;
}

function rename(
  { path, from, base, text }: FileProposal & { readonly from: string },
  by: number,
  files: Files,
): Conflict | undefined {
  const now = files.text(from);
  const there = files.text(path);
  if (now === null) {
    // An earlier conversation may have done exactly the same.
    const isSame = there === text && files.originOf(path) === from;
    if (!isSame) return conflict(from, gone, files);
    files.write(path, text, by);
    return undefined;
  }
  if (there !== null) return conflict(path, exists, files);
  const merged = mergeTexts(base ?? '', text ?? '', now);
  if (merged === undefined) return conflict(from, changed, files);
  files.rename(from, path, { text: merged, conversation: by });
  return undefined;
}

function conflict(path: string, reason: string, files: Files): Conflict {
  return { reason, against: files.changedBy(path) };
}

const exists = 'another file of that name is there';
const gone = 'the file is no longer there';
const changed = 'the same or neighbouring lines were changed';

interface FileNow {
  readonly text: string | null;
  readonly conversations: readonly number[];
  /** The path that it was renamed from. */
  readonly origin?: string;
}

/** The files as they are after the proposals so far. */
class Files {
  readonly #disk: ReadonlyMap<string, CurrentFile>;
  readonly #now = new Map<string, FileNow>();

  constructor(disk: ReadonlyMap<string, CurrentFile>) {
    this.#disk = disk;
  }

  problemOf(path: string): string | undefined {
    const file = this.#disk.get(path);
    return typeof file === 'object' && file !== null ? file.problem : undefined;
  }

  text(path: string): string | null {
    const now = this.#now.get(path);
    return now === undefined ? this.#onDisk(path) : now.text;
  }

  changedBy(path: string): readonly number[] {
    return this.#now.get(path)?.conversations ?? [];
  }

  originOf(path: string): string | undefined {
    return this.#now.get(path)?.origin;
  }

  write(path: string, text: string | null, conversation: number): void {
    const before = this.#now.get(path);
    const conversations = [...(before?.conversations ?? []), conversation];
    const origin = text === null ? undefined : before?.origin;
    this.#now.set(path, { text, conversations, ...(origin === undefined ? {} : { origin }) });
  }

  rename(
    from: string,
    to: string,
    { text, conversation }: { readonly text: string; readonly conversation: number },
  ): void {
    // Of a file renamed twice, the first path counts; a file that was made has none.
    const origin = this.originOf(from) ?? (this.#onDisk(from) === null ? undefined : from);
    const conversations = [...this.changedBy(from), conversation];
    this.#now.set(from, { text: null, conversations });
    this.#now.set(to, { text, conversations, ...(origin === undefined ? {} : { origin }) });
  }

  outcomes(): readonly FileOutcome[] {
    const renamed = new Map<string, string>();
    for (const [path, { origin, text }] of this.#now) {
      const isFree = origin !== undefined && this.text(origin) === null && !renamed.has(origin);
      if (isFree && text !== null && this.#onDisk(path) === null) renamed.set(origin, path);
    }
    const outcomes = [...this.#now].flatMap(([path, { text, conversations }]) => {
      const before = this.#onDisk(path);
      if (renamed.has(path) || text === before) return [];
      const origin = this.originOf(path);
      if (origin === undefined || renamed.get(origin) !== path) {
        return [{ path, before, after: text, conversations }];
      }
      return [{ path, from: origin, before: this.#onDisk(origin), after: text, conversations }];
    });
    return outcomes.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  #onDisk(path: string): string | null {
    const file = this.#disk.get(path);
    return typeof file === 'string' ? file : null;
  }
}
