import type { CurrentFile } from '../../proposals/combineProposals.ts';
import { pathsOf } from '../../proposals/combineProposals.ts';
import type { ConversationProposals } from '../../proposals/fileProposal.ts';
import { isToolError } from '../thrownText.ts';
import type { Workspace } from './workspace.ts';

/** The files on disk that proposals are about, as `combineProposals` needs them. */
export async function currentFiles(
  conversations: readonly ConversationProposals[],
  workspace: Pick<Workspace, 'writeTarget'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, CurrentFile>> {
  const files = new Map<string, CurrentFile>();
  for (const path of pathsOf(conversations)) {
    files.set(path, await currentFile(path, workspace, signal));
  }
  return files;
}

async function currentFile(
  path: string,
  workspace: Pick<Workspace, 'writeTarget'>,
  signal: AbortSignal,
): Promise<CurrentFile> {
  try {
    return await (await workspace.writeTarget(path, signal)).read();
  } catch (error) {
    if (!isToolError(error) || !(error instanceof Error)) throw error;
    return { problem: error.message };
  }
}
