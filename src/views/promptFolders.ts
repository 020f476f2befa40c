import * as vscode from 'vscode';
import { nameOf } from '../host/promptSelection.ts';
import type { FileNode, FolderNode } from './promptNodes.ts';

type FilesNode = FolderNode | FileNode;

/**
 * Arranges files of the workspace in a tree of folders. A folder whose only child is a folder is
 * merged with it, and a single folder at the top is left out.
 */
export function nestFiles(files: readonly FileNode[]): readonly FilesNode[] {
  const byFolder = Map.groupBy(files, ({ uri }) => vscode.workspace.getWorkspaceFolder(uri));
  const roots = [...byFolder].map(([folder, inside]) =>
    folder === undefined ? inside : [folderNode(folder.uri, inside, folder.name)],
  );
  const nodes = roots.flat();
  const [only] = nodes;
  return nodes.length === 1 && only?.kind === 'folder' ? only.children : nodes;
}

function folderNode(
  uri: vscode.Uri,
  files: readonly FileNode[],
  label: string = nameOf(uri),
): FolderNode {
  const children = childrenOf(uri, files);
  const [only] = children;
  if (children.length === 1 && only?.kind === 'folder') {
    return { ...only, label: `${label}/${only.label}` };
  }
  return { kind: 'folder', uri, label, files, children };
}

/** In path order, which is the order in which the prompts of a folder run. */
function childrenOf(base: vscode.Uri, files: readonly FileNode[]): readonly FilesNode[] {
  const start = base.path.endsWith('/') ? base.path.length : base.path.length + 1;
  const bySegment = Map.groupBy(files, ({ uri }) => firstSegment(uri.path.slice(start)));
  return [...bySegment].flatMap(([segment, inside]): readonly FilesNode[] =>
    segment.endsWith('/')
      ? [folderNode(vscode.Uri.joinPath(base, segment.slice(0, -1)), inside)]
      : inside,
  );
}

/** `a/` for `a/b.md`; `b.md` for `b.md`. */
function firstSegment(relative: string): string {
  const end = relative.indexOf('/');
  return end < 0 ? relative : relative.slice(0, end + 1);
}
