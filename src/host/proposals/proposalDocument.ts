import * as vscode from 'vscode';
import { proposalScheme } from '../contributionIds.ts';

const sides = ['after', 'base', 'text'] as const;

/** A read-only document of a review. */
export interface ProposalDocument {
  readonly runId: string;
  /** The number of the review in this window: each one shows the files as they were at its time. */
  readonly review: number;
  /** Absent when the changes of all conversations are reviewed. */
  readonly conversation?: number;
  /** The file after Apply; or, of a conflict, what the conversation read and what it proposes. */
  readonly side: (typeof sides)[number];
  /** Workspace path. */
  readonly path: string;
}

/**
 * The address of a document. `file` is the file on disk that it stands for: VS Code takes two sides of a diff with
 * different paths for a renamed file.
 */
export function proposalUri(
  document: ProposalDocument,
  file: vscode.Uri | undefined = undefined,
): vscode.Uri {
  return vscode.Uri.from({
    scheme: proposalScheme,
    path: file?.path ?? `/${document.path}`,
    query: JSON.stringify(document),
  });
}

/** The document that an address names, if any. */
export function proposalDocument({ query }: vscode.Uri): ProposalDocument | undefined {
  const { runId, review, conversation, side, path } = fieldsOf(query);
  const known = sides.find((name) => name === side);
  if (typeof runId !== 'string' || typeof review !== 'number') return undefined;
  if (typeof path !== 'string' || known === undefined) return undefined;
  const ofOne = typeof conversation === 'number' ? { conversation } : {};
  return { runId, review, side: known, path, ...ofOne };
}

function fieldsOf(query: string): { readonly [field: string]: unknown } {
  try {
    const value: unknown = JSON.parse(query);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
