import { stat } from 'node:fs/promises';
import { isFolderUri } from '../core/base/pathKey.ts';
import { missingFolders } from '../core/runner/sameOrigin.ts';
import type { SavedRequest, SavedStart } from '../core/runner/savedRequest.ts';
import { readSavedRequest } from '../core/runner/savedRequest.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import { programs } from '../shared/runOrigin.ts';
import type { Remedy } from './hostError.ts';
import { HostError } from './hostError.ts';
import { defaultSystemPrompt } from './systemPrompt.ts';
import { uriOfPath } from './uriOfPath.ts';

/** Reads the request of a saved run. Throws a `UserError` when it is malformed or of another program. */
export function readOwnRun(start: SavedStart): SavedRequest {
  const saved = readSavedRequest(start, defaultSystemPrompt);
  if (saved.program === programs.vscode) return saved;
  throw new HostError('This run was not started in VS Code, so it cannot continue here.');
}

/** Whether every folder that the run's tools read is open. */
export function areOpen(saved: SavedRequest, open: readonly OriginFolder[]): boolean {
  return missingFolders(saved.folders, open).length === 0;
}

/**
 * Rejects with a `HostError` unless every folder that the run's tools read is open and exists. The error names
 * the folder and offers to open it.
 */
export async function checkFolders(
  { folders }: Pick<SavedRequest, 'folders'>,
  open: readonly OriginFolder[],
  wish: FolderWish = toResume,
): Promise<void> {
  const [gone] = await goneFolders(folders);
  if (gone !== undefined) {
    throw new HostError(
      `This run was started with the folder ${gone.path}, which no longer exists, ${wish.consequence}`,
    );
  }
  const [missing] = missingFolders(folders, open);
  if (missing === undefined) return;
  const [, ...others] = folders;
  const openIt = `Open that folder and ${wish.verb} there.`;
  const addIt = `Add that folder to this window and ${wish.verb} again.`;
  throw new HostError(
    `This run needs the folder ${missing.path}, because its tools read files there. ${others.length === 0 ? openIt : addIt}`,
    [others.length === 0 ? openFolder(missing.path) : addFolder],
  );
}

/** What the folders are needed for, in words of its messages. */
export interface FolderWish {
  readonly consequence: string;
  readonly verb: string;
}

const toResume: FolderWish = {
  consequence: 'so it cannot continue. Start its prompts as a new run.',
  verb: 'resume the run',
};

/** Opens a new window, so that the runs of this one continue. */
function openFolder(path: string): Remedy {
  return {
    title: 'Open Folder',
    command: 'vscode.openFolder',
    args: [uriOfPath(path), { forceNewWindow: true }],
  };
}

/** A run of several folders needs all of them in one window. */
const addFolder: Remedy = {
  title: 'Add Folder to Workspace…',
  command: 'workbench.action.addRootFolder',
};

/**
 * A note about the open folders whose files tools cannot read: those that were deleted, and those that are not on
 * this disk. Undefined when there are none. A new run starts without them.
 */
export async function unreadableNote(open: readonly OriginFolder[]): Promise<string | undefined> {
  const virtual = open.filter(({ path }) => isFolderUri(path));
  const parts = [
    ...cannotRead(await goneFolders(open), 'deleted or moved'),
    ...cannotRead(virtual, "not on this machine's disk"),
  ];
  return parts.length === 0 ? undefined : parts.join(' ');
}

function cannotRead(folders: readonly OriginFolder[], why: string): readonly string[] {
  if (folders.length === 0) return [];
  return [`Tools cannot read ${folders.map(({ path }) => path).join(', ')}: ${why}.`];
}

async function goneFolders(folders: readonly OriginFolder[]): Promise<readonly OriginFolder[]> {
  const there = await Promise.all(folders.map(({ path }) => isThere(path)));
  return folders.filter((_, index) => there[index] === false);
}

/** Whether a folder exists. Folders that are not on this disk are assumed to. */
async function isThere(path: string): Promise<boolean> {
  if (isFolderUri(path)) return true;
  return stat(path).then(
    (found) => found.isDirectory(),
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  );
}
