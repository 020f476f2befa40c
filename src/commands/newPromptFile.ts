import * as vscode from 'vscode';
import { HostError } from '../host/hostError.ts';
import { askText } from '../host/picks.ts';
import { isPromptFileName } from '../shared/promptFileName.ts';
import type { CommandHandler } from './commandServices.ts';

const example = `# Notes

Text before the first heading is not sent. Each "## Heading" starts a prompt. The heading is the name of the
prompt and is not sent: write below it all that the model needs to know.

## Sum then multiply

Add 4, 7 and 9, then multiply the result by 3.

## Look around

List the files of this workspace and describe in two sentences what it is about.
`;

/** Creates a prompt file with two example prompts, in the folder that the argument names. */
export function newPromptFile(): CommandHandler {
  return async (argument) => {
    const folder = argument instanceof vscode.Uri ? argument : undefined;
    const base = folder ?? vscode.workspace.workspaceFolders?.[0]?.uri;
    const uri = base === undefined ? untitled() : await nameFile(base);
    if (uri === undefined) return undefined;
    if (uri.scheme !== 'untitled') await createFile(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document);
    if (uri.scheme === 'untitled') {
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), example));
    }
    return uri;
  };
}

/** A URI that no open document has. */
function untitled(): vscode.Uri {
  const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => `${uri}`));
  for (let count = 1; ; count++) {
    const path = count === 1 ? 'untitled.prompts.md' : `untitled-${count}.prompts.md`;
    const uri = vscode.Uri.from({ scheme: 'untitled', path });
    if (!open.has(`${uri}`)) return uri;
  }
}

async function nameFile(folder: vscode.Uri): Promise<vscode.Uri | undefined> {
  const name = await askText({
    title: 'New Prompt File',
    prompt:
      'Enter a file name. In the file, each ## heading starts and names a prompt; the heading itself is not sent.',
    value: 'new.prompts.md',
    valueSelection: [0, 'new'.length],
    check: checkName,
  });
  return name === undefined ? undefined : vscode.Uri.joinPath(folder, name.trim());
}

function checkName(name: string): string | undefined {
  const trimmed = name.trim();
  if (!isPromptFileName(trimmed)) return 'The name must end in .prompts.md or .prompt.md.';
  if (/[\\:*?"<>|]|\.\./.test(trimmed))
    return 'A file name cannot contain .. or any of \\ : * ? " < > |';
  return undefined;
}

async function createFile(uri: vscode.Uri): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uri, { contents: new TextEncoder().encode(example), overwrite: false });
  if (await vscode.workspace.applyEdit(edit)) return;
  throw new HostError(`Could not create ${uri.fsPath}. Check whether the file already exists.`);
}
