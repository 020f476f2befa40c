import * as vscode from 'vscode';
import type { Diagnostic, Severity } from '../core/tools/diagnostics/diagnosticsTool.ts';

/** The problems that VS Code shows in files on this machine's disk. */
export function readDiagnostics(): readonly Diagnostic[] {
  return vscode.languages
    .getDiagnostics()
    .filter(([{ scheme }]) => scheme === 'file')
    .flatMap(([{ fsPath }, found]) => found.map((one) => diagnosticOf(fsPath, one)));
}

function diagnosticOf(file: string, found: vscode.Diagnostic): Diagnostic {
  const { range, severity, message, source } = found;
  const code = codeOf(found);
  return {
    file,
    line: range.start.line + 1,
    column: range.start.character + 1,
    severity: severityOf(severity),
    message,
    ...(source === undefined ? {} : { source }),
    ...(code === undefined ? {} : { code }),
  };
}

function codeOf({ code }: vscode.Diagnostic): string | undefined {
  const value = typeof code === 'object' ? code.value : code;
  return value === undefined ? undefined : String(value);
}

function severityOf(severity: vscode.DiagnosticSeverity): Severity {
  switch (severity) {
    case vscode.DiagnosticSeverity.Error:
      return 'error';
    case vscode.DiagnosticSeverity.Warning:
      return 'warning';
    case vscode.DiagnosticSeverity.Information:
      return 'information';
    case vscode.DiagnosticSeverity.Hint:
      return 'hint';
  }
}
