import * as vscode from 'vscode';
import { isFolderUri } from '../../core/base/pathKey.ts';
import type { ProposalConflict } from '../../core/proposals/combineProposals.ts';
import { conflictText } from '../../core/proposals/conflictText.ts';
import { shownText } from '../../core/proposals/editText.ts';
import type { ConversationProposals } from '../../core/proposals/fileProposal.ts';
import type { OriginFolder } from '../../shared/runOrigin.ts';
import { HostError } from '../hostError.ts';
import { plainText } from '../plainText.ts';
import type { HostRun } from '../runService.ts';
import { checkFolders } from '../sameWindow.ts';
import type { Toolsets } from '../toolsets.ts';
import type { ChangedFile, ProposedChanges } from './changedFiles.ts';
import { changedFiles } from './changedFiles.ts';
import { editedText } from './editedText.ts';
import { openDocuments, workspaceChange } from './fileEdits.ts';
import type { ProposalDocument } from './proposalDocument.ts';
import { proposalUri } from './proposalDocument.ts';
import type { ProposalSelection } from './selectProposals.ts';
import { selectProposals } from './selectProposals.ts';

/** A file of a review, as VS Code's editor for several diffs takes it. */
export type ReviewedFile = readonly [
  label: vscode.Uri,
  original: vscode.Uri | undefined,
  modified: vscode.Uri | undefined,
];

/** What became of changes that were to be applied. */
export interface AppliedChanges {
  /** How many files were changed. */
  readonly files: number;
  /** Each in one sentence, in prompt order. None of them was applied. */
  readonly conflicts: readonly string[];
  /** How many conversations propose something and have not finished: theirs was left out. */
  readonly leftOut: number;
}

/** Max number of reviews whose texts are kept. An older one is made anew when it is looked at. */
const maxReviews = 8;

/** What runs propose to change: shown as diffs, and applied to the workspace. */
export class Proposals {
  readonly #toolsets: Toolsets;
  readonly #openFolders: () => readonly OriginFolder[];
  readonly #reviews = new Map<number, ProposedChanges>();
  #lastReview = 0;
  #applying: Promise<unknown> = Promise.resolve();

  constructor(toolsets: Toolsets, openFolders: () => readonly OriginFolder[]) {
    this.#toolsets = toolsets;
    this.#openFolders = openFolders;
  }

  /** The files that Apply would change, and then those with conflicts, as one conversation proposes them. */
  async review(run: HostRun, selection: ProposalSelection): Promise<readonly ReviewedFile[]> {
    const { proposals } = selectProposals(run, selection, 'review');
    const changes = await this.#combine(run, proposals);
    this.#lastReview += 1;
    this.#keep(this.#lastReview, changes);
    const { conversation } = selection;
    const ofOne = conversation === undefined ? {} : { conversation };
    const review = { runId: run.id, review: this.#lastReview, ...ofOne };
    return [
      ...changes.files.map((file) => reviewedFile(file, review)),
      ...changes.conflicts.map((conflict) => reviewedConflict(conflict, review, run)),
    ];
  }

  /** The text of a document of a review; undefined when there is no such proposal any more. */
  async text(run: HostRun, document: ProposalDocument): Promise<string | undefined> {
    const { conversation, path, review, side } = document;
    const selection = conversation === undefined ? {} : { conversation };
    const { proposals } = selectProposals(run, selection, 'review');
    const proposed = proposals.flatMap(({ files }) => files).findLast((file) => file.path === path);
    if (side === 'base') return shownOrNone(proposed?.base);
    if (side === 'text') return shownOrNone(proposed?.text);
    const changes = this.#reviews.get(review) ?? (await this.#combine(run, proposals));
    const changed = changes.files.find((file) => file.path === path);
    return shownOrNone(changed === undefined ? proposed?.text : changed.after);
  }

  /**
   * Applies proposals in prompt order, as one change that can be undone. What does not fit is left out and told.
   * Rejects with a `UserError` when nothing could be applied.
   */
  apply(run: HostRun, selection: ProposalSelection): Promise<AppliedChanges> {
    const applied = this.#applying.then(() => this.#apply(run, selection));
    this.#applying = applied.catch(() => undefined);
    return applied;
  }

  async #apply(run: HostRun, selection: ProposalSelection): Promise<AppliedChanges> {
    if (run.isReadOnly === true) throw new HostError(madeElsewhere);
    const { proposals, leftOut } = selectProposals(run, selection, 'apply');
    const first = await this.#combine(run, proposals);
    const documents = await openDocuments(first.files);
    // Opening takes time, in which files may change. From here on nothing does.
    const { files, conflicts } = await this.#combine(run, proposals);
    if (files.length > 0) {
      const { edit, save } = workspaceChange(files, documents);
      if (!(await vscode.workspace.applyEdit(edit))) throw new HostError(changedMeanwhile);
      await saveAll(save);
    }
    const texts = conflicts.map((conflict) => conflictText(conflict, run.state.conversations));
    return { files: files.length, conflicts: texts, leftOut };
  }

  async #combine(
    run: HostRun,
    proposals: readonly ConversationProposals[],
  ): Promise<ProposedChanges> {
    const folders = run.state.started.origin?.folders ?? [];
    await checkFolders({ folders }, this.#openFolders(), toApply);
    const onDisk = folders.filter(({ path }) => !isFolderUri(path));
    return changedFiles(proposals, { toolsets: this.#toolsets, folders: onDisk }, editedText());
  }

  #keep(review: number, changes: ProposedChanges): void {
    this.#reviews.set(review, changes);
    this.#reviews.delete(review - maxReviews);
  }
}

const toApply = { consequence: 'so its changes have no place.', verb: 'review its changes' };
const madeElsewhere =
  'This run was not started by this installation of Interleave: its changes can be reviewed, but not applied.';
const changedMeanwhile =
  'Nothing was applied: a file changed at the same moment. Apply the changes again.';

/** Documents without unsaved changes stay so. One that cannot be saved stays open, and VS Code says why. */
async function saveAll(uris: readonly vscode.Uri[]): Promise<void> {
  for (const uri of uris) {
    await vscode.workspace.openTextDocument(uri).then(
      (document) => document.save(),
      () => false,
    );
  }
}

type ReviewOf = Pick<ProposalDocument, 'runId' | 'review' | 'conversation'>;

function reviewedFile(changed: ChangedFile, review: ReviewOf): ReviewedFile {
  const { path, file, fromFile = file, before, after } = changed;
  const modified = proposalUri({ ...review, side: 'after', path }, vscode.Uri.file(file));
  const original = before === null ? undefined : vscode.Uri.file(fromFile);
  return [vscode.Uri.file(file), original, after === null ? undefined : modified];
}

function reviewedConflict(
  { path, conversation }: ProposalConflict,
  { runId, review }: ReviewOf,
  run: HostRun,
): ReviewedFile {
  const of = { runId, review, conversation, path };
  const name = run.state.conversations[conversation]?.name ?? `${conversation + 1}`;
  const modified = proposalUri({ ...of, side: 'text' });
  const label = modified.with({
    path: `/Conflict: ${plainText(name, 80).replaceAll('/', ' ')}/${path}`,
  });
  return [label, proposalUri({ ...of, side: 'base' }), modified];
}

/** As editors show it. */
function shownOrNone(text: string | null | undefined): string | undefined {
  return text === undefined ? undefined : shownText(text ?? '');
}
