import { randomBytes } from 'node:crypto';
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { readRegularFile } from '../core/base/readRegularFile.ts';
import { UnusableFileError } from '../core/base/unusableFile.ts';

const fileName = 'run-origin.key';
const keyBytes = 32;
const maxFileBytes = 1024;

/**
 * The key with which this installation signs the runs it starts. It is in a file beside the folder of saved
 * runs, created on first use, so that a run copied into the folder cannot bring its own key. If the file cannot be
 * read or written, the key is new, and saved runs are read-only.
 */
export async function originKey(storagePath: string): Promise<Uint8Array> {
  const file = path.join(storagePath, fileName);
  const fresh = randomBytes(keyBytes);
  try {
    return (await readKey(file)) ?? (await keepKey(file, fresh));
  } catch {
    return fresh;
  }
}

/** Undefined when the file is missing or not a key. */
async function readKey(file: string): Promise<Uint8Array | undefined> {
  const options = { maxBytes: maxFileBytes, links: 'refuse' } as const;
  const text = await readRegularFile(file, options).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error instanceof UnusableFileError) return '';
    throw error;
  });
  return /^[0-9a-f]{64}$/.test(`${text}`) ? Buffer.from(`${text}`, 'hex') : undefined;
}

/** Stores the key. If several windows do this at the same time, all get the key that was stored first. */
async function keepKey(file: string, fresh: Buffer): Promise<Uint8Array> {
  const temporary = `${file}.${randomBytes(8).toString('hex')}`;
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await writeFile(temporary, fresh.toString('hex'), { mode: 0o600, flag: 'wx', flush: true });
    await link(temporary, file).catch(async () => {
      // Another window was first, or the file is not a key, or the file system has no hard links.
      if ((await readKey(file)) === undefined) await rename(temporary, file);
    });
    return (await readKey(file)) ?? fresh;
  } finally {
    await rm(temporary, { force: true });
  }
}
