import { randomBytes } from 'node:crypto';
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { readRegularFile } from '../core/base/readRegularFile.ts';
import { RefusedFileError } from '../core/base/refusedFile.ts';

const fileName = 'run-origin.key';
const keyBytes = 32;
const maxFileBytes = 1024;

/**
 * The key by which this installation marks the runs it starts. It is in a file beside the folder with the
 * runs, made when it is first needed: what is put among the runs cannot bring its own. Where the key
 * cannot be kept it is a new one, and runs of earlier windows can only be looked at.
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

/** Undefined when there is none, or something else. */
async function readKey(file: string): Promise<Uint8Array | undefined> {
  const options = { maxBytes: maxFileBytes, links: 'refuse' } as const;
  const text = await readRegularFile(file, options).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error instanceof RefusedFileError) return '';
    throw error;
  });
  return /^[0-9a-f]{64}$/.test(`${text}`) ? Buffer.from(`${text}`, 'hex') : undefined;
}

/** Several windows may do this at once: all get the key of the one that was first. */
async function keepKey(file: string, fresh: Buffer): Promise<Uint8Array> {
  const temporary = `${file}.${randomBytes(8).toString('hex')}`;
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await writeFile(temporary, fresh.toString('hex'), { mode: 0o600, flag: 'wx', flush: true });
    await link(temporary, file).catch(async () => {
      // Another window was first; or the file is no key; or there are no links on this file system.
      if ((await readKey(file)) === undefined) await rename(temporary, file);
    });
    return (await readKey(file)) ?? fresh;
  } finally {
    await rm(temporary, { force: true });
  }
}
