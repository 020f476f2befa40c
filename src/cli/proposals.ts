import { limits } from '../core/base/limits.ts';
import type { CombinedProposals } from '../core/proposals/combineProposals.ts';
import { combineProposals } from '../core/proposals/combineProposals.ts';
import { conflictText } from '../core/proposals/conflictText.ts';
import type { ConversationProposals } from '../core/proposals/fileProposal.ts';
import { unifiedDiff } from '../core/proposals/unifiedDiff.ts';
import { defaultToolLimits } from '../core/tools/toolLimits.ts';
import { currentFiles } from '../core/tools/workspace/currentFiles.ts';
import type { Workspace } from '../core/tools/workspace/workspace.ts';
import { countProposals } from '../shared/proposals.ts';
import { plural } from '../shared/quantities.ts';
import type { RunResult } from '../shared/runResult.ts';
import { messageOf } from '../shared/thrown.ts';
import { applyFiles } from './applyFiles.ts';
import type { Content } from './outputs.ts';
import { writeTarget } from './outputs.ts';
import type { RunCommandServices } from './runServices.ts';
import { terminalLine } from './terminalText.ts';

/** What is done with what conversations propose. */
export interface ProposalOptions {
  /** Where the patch of all proposals is written: a file, or `-` for standard output. */
  readonly patch?: string;
  /** Whether the proposals are written into the files; not when absent. */
  readonly apply?: 'none' | 'all';
}

/** A run that has ended, and what its conversations propose. */
export interface EndedProposals {
  readonly result: RunResult;
  readonly proposals: readonly ConversationProposals[];
}

/**
 * Writes the patch and applies the proposals, as the options say, and says what there is. Only what conversations
 * propose that are done counts. Resolves to false when something was not written.
 */
export async function settleProposals(
  { result, proposals }: EndedProposals,
  { patch, apply = 'none' }: ProposalOptions,
  { createToolset, terminal }: Pick<RunCommandServices, 'createToolset' | 'terminal'>,
): Promise<boolean> {
  const say = (line: string): void => terminal.err(`${terminalLine(line)}\n`);
  if (proposals.length === 0 && patch === undefined) return true;
  const fileBytes = limits.fileKB.maximum * 1000;
  const toolset = createToolset({ ...defaultToolLimits, fileBytes });
  try {
    const done = proposals.filter(({ conversation }) => isDone(result, conversation));
    const { signal } = new AbortController();
    const combined = combineProposals(done, await currentFiles(done, toolset.workspace, signal));
    say(census(result));
    const rest = proposals.filter(({ conversation }) => !isDone(result, conversation));
    if (rest.length > 0) say(leftOut(rest));
    for (const conflict of combined.conflicts)
      say(`Conflict in ${conflictText(conflict, result.conversations)}`);
    const isWritten = patch === undefined || (await writeTarget(patch, diffOf(combined), terminal));
    const isApplied = await applyAll(combined, { apply, result, say }, toolset.workspace);
    if (apply === 'none' && patch === undefined) say(howToApply(result.id));
    const isAsked = apply === 'all' || patch !== undefined;
    return isWritten && isApplied && !(isAsked && combined.conflicts.length > 0);
  } finally {
    toolset.dispose();
  }
}

async function applyAll(
  { files }: CombinedProposals,
  {
    apply,
    result,
    say,
  }: Required<Pick<ProposalOptions, 'apply'>> & {
    readonly result: RunResult;
    readonly say: (line: string) => void;
  },
  workspace: Workspace,
): Promise<boolean> {
  if (apply === 'none') return true;
  if (result.state === 'cancelled') {
    say(`Nothing was applied, because the run was cancelled. ${howToApply(result.id)}`);
    return false;
  }
  try {
    await applyFiles(files, workspace);
    say(`Applied: ${plural(files.length, 'file')} changed.`);
    return true;
  } catch (error) {
    say(`Nothing was applied: ${messageOf(error)}`);
    return false;
  }
}

function isDone({ conversations }: RunResult, index: number): boolean {
  return conversations[index]?.status === 'done';
}

/** A patch stays exact on a terminal, too, because most of them are pipes to `git apply`. */
function diffOf({ files }: CombinedProposals): Content {
  const pieces = { [Symbol.iterator]: () => unifiedDiff(files) };
  return { pieces, forTerminal: (text) => text };
}

function census({ conversations }: RunResult): string {
  const counts = countProposals(conversations);
  return `${plural(counts.files, 'file')} proposed by ${plural(counts.conversations, 'conversation')}.`;
}

/** How many conversations are named whose proposals are left out. */
const maxNamed = 5;

function leftOut(rest: readonly ConversationProposals[]): string {
  const named = rest.slice(0, maxNamed).map(({ name }) => `"${name}"`);
  const others = rest.length - named.length;
  const names = [...named, ...(others > 0 ? [plural(others, 'other conversation')] : [])];
  return `Left out, because it did not finish: what ${names.join(', ')} proposed. Resume the run to finish it.`;
}

function howToApply(id: string): string {
  return `To write them: interleave resume ${id} --apply all, or --patch FILE for a patch.`;
}
