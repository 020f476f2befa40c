import type { Stats } from 'node:fs';
import { constants, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, lutimes, mkdir, open, readdir, rename, rm, unlink } from 'node:fs/promises';
import { codeOf, ignoreMissing } from './errors.ts';
import { openRegularFile } from './openRegularFile.ts';
import { readRegularFile } from './readRegularFile.ts';

/** An open file. Rejections carry the system's `code`. */
export interface DiskFile {
  /** Reads at `position`; resolves with the number of bytes, 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Writes at the end, or at the place reached so far; resolves with how much was written. */
  write(bytes: Uint8Array): Promise<number>;
  /** The same before it returns; throws instead of rejecting. */
  writeNow(bytes: Uint8Array): number;
  /** Resolves when everything that was written is on the disk. */
  sync(): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/** How a file is opened: for reading, appending, replacing, or creating where there is none. */
export type OpenMode = 'read' | 'append' | 'replace' | 'create';

/** What a path leads to, no link followed. */
export interface PathStat {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  readonly modifiedMs: number;
}

/**
 * The file system, as a seam at which tests make it fail. The folder of a saved run may
 * come from anywhere: only regular files are opened, and never through a link in their place.
 */
export interface FileSystem {
  /**
   * Files are made readable and writable for their owner only. `replace` makes a new file in the place of
   * whatever has the name.
   */
  open(path: string, mode: OpenMode): Promise<DiskFile>;
  /** Rejects for a file of more than `maxBytes`, before anything is read. */
  readFile(path: string, maxBytes: number): Promise<Buffer>;
  /** Makes a folder for its owner only; rejects with EEXIST when there is one. */
  makeFolder(path: string): Promise<void>;
  /** Makes a folder and those above it, where they are missing. */
  makeFolders(path: string): Promise<void>;
  list(path: string): Promise<readonly string[]>;
  stat(path: string): Promise<PathStat>;
  /** Sets when a file was changed, to this time or, where that may not be, to the time now. */
  touch(path: string, timeMs: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  removeTree(path: string): Promise<void>;
  /** Makes the names in a folder as durable as its files, where the system can. */
  syncFolder(path: string): Promise<void>;
}

const fileMode = 0o600;
const folderMode = 0o700;

const { O_RDONLY, O_WRONLY, O_CREAT, O_APPEND, O_EXCL } = constants;

/** The file system of the machine. */
export const nodeFs: FileSystem = {
  open: async (path, mode) => wrap(await openAs(path, mode)),
  readFile: (path, maxBytes) => readRegularFile(path, { maxBytes, links: 'refuse' }),
  makeFolder: async (path) => void (await mkdir(path, { mode: folderMode })),
  makeFolders: async (path) => void (await mkdir(path, { recursive: true, mode: folderMode })),
  list: (path) => readdir(path),
  stat: async (path) => {
    const stats = await lstat(path);
    return { kind: kindOf(stats), size: stats.size, modifiedMs: stats.mtimeMs };
  },
  touch,
  rename: (from, to) => rename(from, to),
  remove: (path) => unlink(path),
  removeTree: (path) => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  syncFolder,
};

function kindOf(stats: Stats): PathStat['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

async function openAs(path: string, mode: OpenMode): Promise<FileHandle> {
  if (mode === 'read') return openRegularFile(path, { links: 'refuse' });
  if (mode === 'append') {
    return openRegularFile(path, { links: 'refuse', flags: O_WRONLY | O_APPEND });
  }
  // Neither a link nor another name of the same file may lead what is written elsewhere.
  if (mode === 'replace') await unlink(path).catch(ignoreMissing);
  return open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, fileMode);
}

/**
 * Only its owner may set a file's time. On mounts where all files belong to somebody else, writing its
 * first byte again sets it to the time of the file system.
 */
async function touch(path: string, timeMs: number): Promise<void> {
  try {
    await lutimes(path, timeMs / 1000, timeMs / 1000);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'EPERM' && code !== 'EACCES') throw error;
    await rewriteFirstByte(path);
  }
}

async function rewriteFirstByte(path: string): Promise<void> {
  const handle = await openRegularFile(path, { links: 'refuse', flags: constants.O_RDWR });
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, 0);
    if (bytesRead === 1) await handle.write(buffer, 0, 1, 0);
  } finally {
    await handle.close();
  }
}

function wrap(handle: FileHandle): DiskFile {
  return {
    read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
    write: async (bytes) => (await handle.write(bytes)).bytesWritten,
    writeNow: (bytes) => writeSync(handle.fd, bytes),
    sync: () => handle.datasync(),
    size: async () => (await handle.stat()).size,
    close: () => handle.close(),
  };
}

/** Windows and some network file systems cannot do this; there it is left to them. */
async function syncFolder(path: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, O_RDONLY);
    await handle.sync();
  } catch (error) {
    if (!cannotSyncFolders.has(codeOf(error) ?? '')) throw error;
  } finally {
    await handle?.close();
  }
}

const cannotSyncFolders: ReadonlySet<string> = new Set([
  'EISDIR',
  'EPERM',
  'EACCES',
  'EINVAL',
  'ENOTSUP',
  'EBADF',
]);

/** Writes all of it, however little each write takes. */
export async function writeAll(file: DiskFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const written = await file.write(bytes.subarray(done));
    if (written === 0) throw new Error('The file takes no more bytes.');
    done += written;
  }
}

/** Opens a file, and closes it whatever happens. */
export async function withFile<T>(
  fs: FileSystem,
  path: string,
  mode: OpenMode,
  use: (file: DiskFile) => Promise<T>,
): Promise<T> {
  const file = await fs.open(path, mode);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** Writes a whole file. Resolves when its content is on the disk. */
export function writeFile(
  fs: FileSystem,
  path: string,
  mode: Exclude<OpenMode, 'read'>,
  content: Uint8Array,
): Promise<void> {
  return withFile(fs, path, mode, async (file) => {
    await writeAll(file, content);
    await file.sync();
  });
}
