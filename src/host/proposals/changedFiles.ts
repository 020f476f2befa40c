import { limits } from '../../core/base/limits.ts';
import type { FileOutcome, ProposalConflict } from '../../core/proposals/combineProposals.ts';
import { combineProposals } from '../../core/proposals/combineProposals.ts';
import type { ConversationProposals } from '../../core/proposals/fileProposal.ts';
import { defaultToolLimits } from '../../core/tools/toolLimits.ts';
import { currentFiles } from '../../core/tools/workspace/currentFiles.ts';
import type { Workspace } from '../../core/tools/workspace/workspace.ts';
import type { OriginFolder } from '../../shared/runOrigin.ts';
import type { Toolsets } from '../toolsets.ts';

/** What applying proposals does to one file, with its places on this machine. */
export interface ChangedFile extends FileOutcome {
  /** Absolute path below the folder as it was opened. */
  readonly file: string;
  /** Of a rename: where the file is now. */
  readonly fromFile?: string;
}

/** What applying proposals comes to, as the files are now. */
export interface ProposedChanges {
  /** Sorted by workspace path. */
  readonly files: readonly ChangedFile[];
  /** In prompt order. */
  readonly conflicts: readonly ProposalConflict[];
}

/** The text of a file as an editor has it, given the one on disk: the same when nothing is unsaved. */
export type EditedText = (file: string, onDisk: string | null) => string | null;

/**
 * Combines proposals with the files as they are now, in editors and on disk. `folders` are those of the run, all
 * on this machine's disk. The path check of the tools holds for every file.
 */
export async function changedFiles(
  conversations: readonly ConversationProposals[],
  { toolsets, folders }: { readonly toolsets: Toolsets; readonly folders: readonly OriginFolder[] },
  edited: EditedText,
): Promise<ProposedChanges> {
  const fileBytes = limits.fileKB.maximum * 1000;
  const { workspace } = toolsets.forFolders(folders, { ...defaultToolLimits, fileBytes });
  const places = new Map<string, string>();
  const { signal } = new AbortController();
  const current = await currentFiles(conversations, inEditors(workspace, edited, places), signal);
  const { files, conflicts } = combineProposals(conversations, current);
  return { files: files.flatMap((file) => placed(file, places)), conflicts };
}

/** The files as editors have them. Notes where each is. */
function inEditors(
  workspace: Pick<Workspace, 'writeTarget'>,
  edited: EditedText,
  places: Map<string, string>,
): Pick<Workspace, 'writeTarget'> {
  return {
    writeTarget: async (path, signal) => {
      const target = await workspace.writeTarget(path, signal);
      places.set(path, target.openPath);
      return { ...target, read: async () => edited(target.openPath, await target.read()) };
    },
  };
}

function placed(outcome: FileOutcome, places: ReadonlyMap<string, string>): readonly ChangedFile[] {
  const file = places.get(outcome.path);
  const fromFile = outcome.from === undefined ? undefined : places.get(outcome.from);
  if (file === undefined) return [];
  return [{ ...outcome, file, ...(fromFile === undefined ? {} : { fromFile }) }];
}
