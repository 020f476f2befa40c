import { createHash } from 'node:crypto';
import type { ProposalStep, ProposedFile } from '../../shared/proposals.ts';
import type { FileProposal } from './fileProposal.ts';
import { countLines } from './lineEdits.ts';

/** A file in an overlay. */
export interface OverlayFile {
  /** Workspace path. */
  readonly path: string;
  /** The file on disk as the conversation read it, exactly; null if there was none. */
  readonly base: string | null;
  /** Its content for the conversation; null when it is deleted. */
  readonly text: string | null;
  /** The path it was renamed from. */
  readonly from?: string;
}

/** A file on disk that a conversation has read, and a hash of what it saw. */
export type FileReading = readonly [path: string, hash: string];

/** What one tool call did to an overlay: its files as they are now, and what that means for the user. */
export interface OverlayChange {
  /** A file whose `base` and `text` are the same is no longer in the overlay. */
  readonly files: readonly OverlayFile[];
  readonly steps: readonly ProposalStep[];
  /** Files on disk that it has read; absent when there are none. */
  readonly reads?: readonly FileReading[];
}

/** What an overlay of an earlier process is made again from. */
export interface OverlayContent {
  readonly files: readonly OverlayFile[];
  readonly reads: readonly FileReading[];
}

/**
 * The changes that one conversation proposes, over the files on disk. Nothing on disk ever changes by it. It
 * belongs to the conversation: agents and tools keep nothing of it.
 */
export class Overlay {
  readonly #files = new Map<string, OverlayFile>();
  readonly #proposed = new Map<string, ProposedFile>();
  readonly #changes = new Map<string, OverlayChange>();
  /** Hashes of the files on disk that the conversation has read, as it saw them. */
  readonly #read = new Map<string, string>();

  /** `files` and `reads` are those of an earlier overlay. */
  constructor({ files = [], reads = [] }: Partial<OverlayContent> = {}) {
    this.#put(files);
    for (const [path, hash] of reads) this.#read.set(path, hash);
  }

  /** What it can be made again from. */
  get content(): OverlayContent {
    return { files: this.files, reads: [...this.#read] };
  }

  get isEmpty(): boolean {
    return this.#files.size === 0;
  }

  get files(): readonly OverlayFile[] {
    return [...this.#files.values()];
  }

  /** UTF-16 units of all texts. */
  get length(): number {
    let length = 0;
    for (const { base, text } of this.#files.values())
      length += (base?.length ?? 0) + (text?.length ?? 0);
    return length;
  }

  file(path: string): OverlayFile | undefined {
    return this.#files.get(path);
  }

  /** Whether something is proposed below this folder. */
  hasBelow(folder: string): boolean {
    const prefix = folder === '' ? '' : `${folder}/`;
    return this.files.some(({ path, text }) => text !== null && path.startsWith(prefix));
  }

  /** The conversation has read a file by a tool call. */
  noteRead(callId: string, path: string, shown: string): void {
    const hash = hashOf(shown);
    if (this.#files.has(path) || this.#read.get(path) === hash) return;
    this.#read.set(path, hash);
    this.#addChange(callId, { files: [], steps: [], reads: [[path, hash]] });
  }

  /** Whether a file on disk is what the conversation has read; also when it has not read it. */
  isAsRead(path: string, shown: string): boolean {
    const hash = this.#read.get(path);
    return hash === undefined || hash === hashOf(shown);
  }

  /** Changes files for a tool call, and tells what that means for the user. */
  put(callId: string, files: readonly OverlayFile[]): readonly ProposalStep[] {
    const steps = this.#put(files);
    this.#addChange(callId, { files, steps });
    return steps;
  }

  #addChange(callId: string, { files, steps, reads = [] }: OverlayChange): void {
    const before = this.#changes.get(callId);
    const allReads = [...(before?.reads ?? []), ...reads];
    this.#changes.set(callId, {
      files: [...(before?.files ?? []), ...files],
      steps: [...(before?.steps ?? []), ...steps],
      ...(allReads.length === 0 ? {} : { reads: allReads }),
    });
  }

  /** What a tool call has changed and read, told once; undefined when it was nothing. */
  takeChange(callId: string): OverlayChange | undefined {
    const change = this.#changes.get(callId);
    this.#changes.delete(callId);
    return change;
  }

  /** What a tool call has changed is part of what another one has: that holds the conversation it is made in. */
  moveChange(callId: string, outerCallId: string): void {
    if (callId === outerCallId) return;
    const change = this.takeChange(callId);
    if (change !== undefined) this.#addChange(outerCallId, change);
  }

  /** The proposals without their contents, sorted by path. */
  summary(): readonly ProposedFile[] {
    return [...this.#proposed.values()].sort(byPath);
  }

  /** The proposals, sorted by path. */
  proposals(): readonly FileProposal[] {
    return this.summary().map(({ path, kind, from }) => {
      const text = this.#files.get(path)?.text ?? null;
      const base = this.#files.get(from ?? path)?.base ?? null;
      return { kind, path, base, text, ...(from === undefined ? {} : { from }) };
    });
  }

  #put(files: readonly OverlayFile[]): readonly ProposalStep[] {
    const touched = new Set<string>();
    for (const file of files) {
      const before = this.#files.get(file.path);
      for (const path of [file.path, file.from, before?.from]) {
        if (path !== undefined) touched.add(path);
      }
      this.#disclaim(file.from);
      if (file.base === file.text) this.#files.delete(file.path);
      else this.#files.set(file.path, file);
    }
    // A file that was renamed is one proposal with its old path.
    for (const { path, from } of this.#files.values()) {
      if (from !== undefined && touched.has(from)) touched.add(path);
    }
    return [...touched].flatMap((path) => this.#stepFor(path));
  }

  /** A path has one file that was renamed from it: the last one. */
  #disclaim(origin: string | undefined): void {
    if (origin === undefined) return;
    for (const { from, ...file } of this.#files.values()) {
      if (from === origin) this.#files.set(file.path, file);
    }
  }

  #stepFor(path: string): readonly ProposalStep[] {
    const before = this.#proposed.get(path);
    const now = this.#describe(path);
    if (now === undefined) {
      this.#proposed.delete(path);
      return before === undefined ? [] : [{ path, kind: 'none' }];
    }
    this.#proposed.set(path, now);
    return JSON.stringify(before) === JSON.stringify(now) ? [] : [now];
  }

  #describe(path: string): ProposedFile | undefined {
    const file = this.#files.get(path);
    if (file === undefined) return undefined;
    const { base, text, from } = file;
    if (text === null) {
      const isRenamed = this.files.some((other) => this.#originOf(other) === path);
      return isRenamed ? undefined : { path, kind: 'delete', ...countLines(base, null) };
    }
    if (base !== null) return { path, kind: 'change', ...countLines(base, text) };
    const origin = from === undefined ? undefined : this.#originOf(file);
    if (origin === undefined) return { path, kind: 'create', ...countLines(null, text) };
    const lines = countLines(this.#files.get(origin)?.base ?? null, text);
    return { path, kind: 'rename', from: origin, ...lines };
  }

  /** Where a file was renamed from, unless something is at that place again. */
  #originOf({ from, base, text }: OverlayFile): string | undefined {
    if (from === undefined || base !== null || text === null) return undefined;
    const origin = this.#files.get(from);
    return origin !== undefined && origin.base !== null && origin.text === null ? from : undefined;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : 1;
}
