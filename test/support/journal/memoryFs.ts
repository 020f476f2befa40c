import { dirname } from 'node:path';
import type {
  DiskFile,
  FileSystem,
  OpenMode,
  PathStat,
} from '../../../src/core/base/fileSystem.ts';

/** What the file system is asked to do. */
export type Operation = Exclude<keyof FileSystem, 'open'> | OpenMode | 'readAt' | 'write' | 'sync';

interface Entry {
  content: Buffer;
  /** How much of it would survive a power failure. */
  synced: Buffer;
  /** How much of it was there when a sync failed: the system gives up on those bytes. */
  givenUp: { start: number; end: number }[];
  modifiedMs: number;
}

/** An error as the system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: it failed`), { code });
}

/** A file system in memory that can be made to fail, and that knows what a power failure would leave. */
export class MemoryFs implements FileSystem {
  readonly files = new Map<string, Entry>();
  readonly folders = new Set<string>();
  /** When a name in a folder was last added or removed. */
  readonly #changedMs = new Map<string, number>();
  readonly operations: { readonly operation: Operation; readonly path: string }[] = [];
  /** The code of the error that an operation fails with; undefined lets it pass. */
  fault: (operation: Operation, path: string) => string | undefined = () => undefined;
  /** Bytes that fit on the disk; a write that goes beyond is short, the next one fails. */
  capacity = Number.POSITIVE_INFINITY;
  /** Most bytes that one write takes. */
  mostPerWrite = Number.POSITIVE_INFINITY;
  wallTime: () => number = () => 0;

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    this.#begin(mode, path);
    if (mode === 'create' && this.files.has(path)) throw systemError('EEXIST');
    if (mode === 'create' || mode === 'replace') {
      if (!this.folders.has(dirname(path))) throw systemError('ENOENT');
      this.files.set(path, this.#entry(Buffer.alloc(0)));
      this.#changed(path);
    }
    const entry = this.#get(path);
    return {
      read: async (into, position) => {
        this.#begin('readAt', path);
        return entry.content.copy(into, 0, position);
      },
      write: async (bytes) => this.#write(entry, path, bytes),
      writeNow: (bytes) => this.#write(entry, path, bytes),
      sync: async () => this.#sync(entry, path),
      size: async () => entry.content.length,
      close: async () => undefined,
    };
  }

  async readFile(path: string, maxBytes: number): Promise<Buffer> {
    this.#begin('readFile', path);
    const { content } = this.#get(path);
    if (content.length > maxBytes) throw new Error('It is too large.');
    return content;
  }

  async makeFolder(path: string): Promise<void> {
    this.#begin('makeFolder', path);
    if (this.folders.has(path)) throw systemError('EEXIST');
    this.folders.add(path);
    this.#changed(path);
  }

  async makeFolders(path: string): Promise<void> {
    this.#begin('makeFolders', path);
    this.folders.add(path);
  }

  async list(path: string): Promise<readonly string[]> {
    this.#begin('list', path);
    if (!this.folders.has(path)) throw systemError('ENOENT');
    const all = [...this.files.keys(), ...this.folders];
    return all.filter((one) => dirname(one) === path).map((one) => one.slice(path.length + 1));
  }

  async stat(path: string): Promise<PathStat> {
    this.#begin('stat', path);
    if (this.folders.has(path)) {
      return { kind: 'folder', size: 0, modifiedMs: this.#changedMs.get(path) ?? 0 };
    }
    const { content, modifiedMs } = this.#get(path);
    return { kind: 'file', size: content.length, modifiedMs };
  }

  async touch(path: string, timeMs: number): Promise<void> {
    this.#begin('touch', path);
    this.#get(path).modifiedMs = timeMs;
  }

  async rename(from: string, to: string): Promise<void> {
    this.#begin('rename', from);
    const moved = [...this.files].filter(([path]) => path === from || path.startsWith(`${from}/`));
    if (moved.length === 0 && !this.folders.has(from)) throw systemError('ENOENT');
    this.#changed(from);
    this.#changed(to);
    for (const [path, entry] of moved) {
      this.files.delete(path);
      this.files.set(to + path.slice(from.length), entry);
    }
    for (const path of [...this.folders]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.folders.delete(path);
      this.folders.add(to + path.slice(from.length));
    }
  }

  async remove(path: string): Promise<void> {
    this.#begin('remove', path);
    if (!this.files.delete(path)) throw systemError('ENOENT');
    this.#changed(path);
  }

  async removeTree(path: string): Promise<void> {
    this.#begin('removeTree', path);
    this.#changed(path);
    for (const one of [...this.files.keys()]) {
      if (one.startsWith(`${path}/`)) this.files.delete(one);
    }
    for (const one of [...this.folders]) {
      if (one === path || one.startsWith(`${path}/`)) this.folders.delete(one);
    }
  }

  async syncFolder(path: string): Promise<void> {
    this.#begin('syncFolder', path);
  }

  /** Puts a file there, as it was before the test. */
  put(path: string, content: Buffer | string): void {
    this.folders.add(dirname(path));
    this.files.set(path, this.#entry(Buffer.from(content)));
  }

  text(path: string): string {
    return this.#get(path).content.toString();
  }

  /**
   * Takes the power away: only what was synced is left, and files that are open are open no more. `kept`
   * says how many of the bytes beyond that are there by chance.
   */
  losePower(kept: (unsynced: number) => number = () => 0): void {
    for (const [path, { synced, content }] of this.files) {
      const more = kept(content.length - synced.length);
      const tail = content.subarray(synced.length, synced.length + more);
      this.files.set(path, this.#entry(Buffer.concat([synced, tail])));
    }
  }

  count(operation: Operation, path: string): number {
    return this.operations.filter((one) => one.operation === operation && one.path === path).length;
  }

  #changed(path: string): void {
    this.#changedMs.set(dirname(path), this.wallTime());
  }

  /** After a failed sync the next one succeeds, but what the first one was for stays lost. */
  #sync(entry: Entry, path: string): void {
    try {
      this.#begin('sync', path);
    } catch (error) {
      entry.givenUp.push({ start: entry.synced.length, end: entry.content.length });
      throw error;
    }
    entry.synced = Buffer.from(entry.content);
    for (const { start, end } of entry.givenUp) entry.synced.fill(0, start, end);
  }

  #write(entry: Entry, path: string, bytes: Uint8Array): number {
    this.#begin('write', path);
    let used = 0;
    for (const { content } of this.files.values()) used += content.length;
    const length = Math.min(bytes.length, this.mostPerWrite, this.capacity - used);
    if (length <= 0) throw systemError('ENOSPC');
    entry.content = Buffer.concat([entry.content, bytes.subarray(0, length)]);
    entry.modifiedMs = this.wallTime();
    return length;
  }

  #begin(operation: Operation, path: string): void {
    this.operations.push({ operation, path });
    const code = this.fault(operation, path);
    if (code !== undefined) throw systemError(code);
  }

  #get(path: string): Entry {
    const entry = this.files.get(path);
    if (entry === undefined) throw systemError('ENOENT');
    return entry;
  }

  #entry(content: Buffer): Entry {
    return { content, synced: content, givenUp: [], modifiedMs: this.wallTime() };
  }
}
