import type * as vscode from 'vscode';
import { isAgentDocument } from '../host/agentFileWatch.ts';
import type { DocumentProblem } from './documentDiagnostics.ts';
import { DocumentDiagnostics } from './documentDiagnostics.ts';

/** What `AgentDiagnostics` needs. */
export interface AgentDiagnosticsOptions {
  /** Reads the text of an agent file. */
  check(text: string, uri: string): Promise<readonly DocumentProblem[]>;
  readonly onDidChangeAgents: vscode.Event<void>;
}

/** Shows the problems of agent files that are open in editors. */
export class AgentDiagnostics extends DocumentDiagnostics {
  constructor({ check, onDidChangeAgents }: AgentDiagnosticsOptions) {
    super({
      name: 'interleave-agents',
      isChecked: isAgentDocument,
      check: (document) => check(document.getText(), document.uri.toString()),
      onDidChange: onDidChangeAgents,
    });
  }
}
