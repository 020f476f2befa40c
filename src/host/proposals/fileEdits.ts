import * as vscode from 'vscode';
import { lineEdits, linesOf } from '../../core/proposals/lineEdits.ts';
import { HostError } from '../hostError.ts';
import type { ChangedFile } from './changedFiles.ts';

const bom = '\uFEFF';

/** The documents of files that are to be changed, by their places. */
export type OpenDocuments = ReadonlyMap<string, vscode.TextDocument>;

/** A change of a workspace, and the documents that have to be saved after it. */
export interface WorkspaceChange {
  readonly edit: vscode.WorkspaceEdit;
  readonly save: readonly vscode.Uri[];
}

/** Opens what has text to edit and is text to VS Code, without showing it. */
export async function openDocuments(files: readonly ChangedFile[]): Promise<OpenDocuments> {
  const documents = new Map<string, vscode.TextDocument>();
  for (const changed of files) {
    const { before, after } = changed;
    if (before === null || after === null) continue;
    const document = await openDocument(placeOf(changed));
    if (document !== undefined) documents.set(placeOf(changed), document);
  }
  return documents;
}

/**
 * One `WorkspaceEdit` that makes all changes, so that one undo takes them back. A file that an editor would not
 * write exactly as proposed is deleted and made again, which is exact and can be undone, too. Throws a
 * `UserError` when an editor has another text than `before`.
 */
export function workspaceChange(
  files: readonly ChangedFile[],
  documents: OpenDocuments,
): WorkspaceChange {
  const edit = new vscode.WorkspaceEdit();
  const save: vscode.Uri[] = [];
  for (const changed of [...files].sort(deletesFirst)) {
    const document = documents.get(placeOf(changed));
    const isSaved = document?.isDirty === false;
    if (addTo(edit, changed, document) === 'edited' && isSaved) save.push(uriOf(changed.file));
  }
  return { edit, save };
}

/** Where the file is now. */
function placeOf({ file, fromFile = file }: ChangedFile): string {
  return fromFile;
}

/** Names become free before others take them. */
function deletesFirst(a: ChangedFile, b: ChangedFile): number {
  return Number(b.after === null) - Number(a.after === null);
}

function uriOf(file: string): vscode.Uri {
  return vscode.Uri.file(file);
}

async function openDocument(file: string): Promise<vscode.TextDocument | undefined> {
  try {
    return await vscode.workspace.openTextDocument(uriOf(file));
  } catch {
    return undefined;
  }
}

function addTo(
  edit: vscode.WorkspaceEdit,
  changed: ChangedFile,
  document: vscode.TextDocument | undefined,
): 'edited' | 'whole' {
  const { before, after } = changed;
  const from = uriOf(placeOf(changed));
  const to = uriOf(changed.file);
  if (document?.isDirty === true && withoutMark(before ?? '') !== document.getText()) {
    throw new HostError(`${changed.path} has changed just now. Apply the changes again.`);
  }
  const isEdited = document !== undefined && (document.isDirty || canWrite(document, changed));
  if (isEdited && after !== null) {
    if (from.path !== to.path) edit.renameFile(from, to);
    for (const { range, text } of textEdits(document, after)) edit.replace(to, range, text);
    return 'edited';
  }
  if (before !== null) edit.deleteFile(from);
  if (after !== null) edit.createFile(to, { contents: new TextEncoder().encode(after) });
  return 'whole';
}

/** Whether the document has the file's exact text and would write the new one as it is. */
function canWrite(document: vscode.TextDocument, { before, after }: ChangedFile): boolean {
  if (before === null || after === null) return false;
  const keepsMark = before.startsWith(bom) === after.startsWith(bom);
  const isUnicode = document.encoding.startsWith('utf8');
  return (
    keepsMark &&
    isUnicode &&
    withoutMark(before) === document.getText() &&
    withoutMark(after) === inEndsOf(document, after)
  );
}

interface TextChange {
  readonly range: vscode.Range;
  readonly text: string;
}

function textEdits(document: vscode.TextDocument, after: string): readonly TextChange[] {
  const lines = linesOf(document.getText());
  return lineEdits(lines, linesOf(inEndsOf(document, after))).map((change) => ({
    range: document.validateRange(new vscode.Range(change.start, 0, change.end, 0)),
    text: change.lines.join(''),
  }));
}

function withoutMark(text: string): string {
  return text.startsWith(bom) ? text.slice(1) : text;
}

/** The text with the line ends of a document, and without a byte order mark, which documents do not show. */
function inEndsOf({ eol }: vscode.TextDocument, text: string): string {
  const end = eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
  return withoutMark(text).replaceAll(/\r\n|\r|\n/g, end);
}
