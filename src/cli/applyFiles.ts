import { mkdir, rename, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { UserError } from '../core/base/errors.ts';
import { replaceFile } from '../core/export/replaceFile.ts';
import type { FileOutcome } from '../core/proposals/combineProposals.ts';
import type { Workspace, WriteTarget } from '../core/tools/workspace/workspace.ts';

/** Takes a step back. */
type Undo = () => Promise<void>;

/**
 * Writes files. Each has either its old or its new content at any moment, and when one cannot be written, those
 * before it are put back. Rejects then, and when a file is not what it was when the outcomes were made.
 */
export async function applyFiles(
  files: readonly FileOutcome[],
  workspace: Pick<Workspace, 'writeTarget'>,
): Promise<void> {
  const undos: Undo[] = [];
  try {
    // Names become free before others take them.
    for (const file of [...files].sort(deletesFirst)) undos.push(await applyFile(file, workspace));
  } catch (error) {
    for (const undo of undos.reverse()) await undo();
    throw error;
  }
}

function deletesFirst(a: FileOutcome, b: FileOutcome): number {
  return Number(b.after === null) - Number(a.after === null);
}

async function applyFile(
  { path: file, from, before, after }: FileOutcome,
  workspace: Pick<Workspace, 'writeTarget'>,
): Promise<Undo> {
  const { signal } = new AbortController();
  const target = await workspace.writeTarget(file, signal);
  const source = from === undefined ? target : await workspace.writeTarget(from, signal);
  await assertIs(source, before);
  if (source !== target) {
    await assertIs(target, null);
    await mkdir(path.dirname(target.realPath), { recursive: true });
    await rename(source.realPath, target.realPath);
    const putBack = (): Promise<void> => rename(target.realPath, source.realPath);
    const restore = await write(target, before, after).catch(async (error: unknown) => {
      await putBack();
      throw error;
    });
    return async () => {
      await restore();
      await putBack();
    };
  }
  return write(target, before, after);
}

async function write(
  { realPath }: WriteTarget,
  before: string | null,
  after: string | null,
): Promise<Undo> {
  await put(realPath, after);
  return () => put(realPath, before);
}

async function put(realPath: string, text: string | null): Promise<void> {
  if (text === null) {
    await rm(realPath, { force: true });
    return;
  }
  await mkdir(path.dirname(realPath), { recursive: true });
  await replaceFile(realPath, text);
}

async function assertIs(target: WriteTarget, text: string | null): Promise<void> {
  if ((await target.read()) === text) return;
  throw new UserError(`${target.path} has changed just now.`);
}
