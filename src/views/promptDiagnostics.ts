import type * as vscode from 'vscode';
import type { PromptFile, PromptLibrary } from '../host/promptLibrary.ts';
import { isPromptDocument } from '../host/promptLibrary.ts';
import type { DocumentProblem } from './documentDiagnostics.ts';
import { DocumentDiagnostics } from './documentDiagnostics.ts';

/** What `PromptDiagnostics` needs. */
export interface PromptDiagnosticsOptions {
  readonly library: Pick<PromptLibrary, 'parse'>;
  /** All problems of a file, those of the agents that it names included. */
  check(file: PromptFile, uri: string): Promise<readonly DocumentProblem[]>;
  readonly onDidChangeAgents: vscode.Event<void>;
}

/** Shows the problems of prompt files that are open in editors. */
export class PromptDiagnostics extends DocumentDiagnostics {
  constructor({ library, check, onDidChangeAgents }: PromptDiagnosticsOptions) {
    super({
      name: 'interleave',
      isChecked: isPromptDocument,
      check: async ({ uri }) => check(await library.parse(uri), uri.toString()),
      onDidChange: onDidChangeAgents,
    });
  }
}
