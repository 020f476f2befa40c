import type { PromptDiagnostic } from './prompt.ts';
import type { TextRange } from './textRange.ts';

/** The codes of diagnostics of prompt files. */
export type DiagnosticCode =
  | 'data'
  | 'duplicate-option'
  | 'empty-file'
  | 'empty-prompt'
  | 'file-not-attached'
  | 'file-not-read'
  | 'heading-in-html'
  | 'heading-in-list'
  | 'heading-needs-space'
  | 'hidden-mark'
  | 'invalid-text'
  | 'invalid-value'
  | 'invalid-yaml'
  | 'late-header'
  | 'misplaced-options'
  | 'no-effect'
  | 'no-prompts'
  | 'not-a-prompt-file'
  | 'not-supported'
  | 'not-read'
  | 'nul-character'
  | 'options-in-header'
  | 'text-after-options'
  | 'too-large'
  | 'unclosed-comment'
  | 'unclosed-fence'
  | 'unclosed-html'
  | 'unclosed-options'
  | 'underlined-heading'
  | 'unknown-column'
  | 'unknown-model'
  | 'unknown-option'
  | 'unknown-tool'
  | 'variable-in-option'
  | 'variable-without-name';

/** Is called with each problem, in any order. */
export type Report = (diagnostic: PromptDiagnostic) => void;

/** An error at a range. */
export function errorAt(range: TextRange, code: DiagnosticCode, message: string): PromptDiagnostic {
  return { severity: 'error', code, message, range };
}

/** A warning at a range. */
export function warningAt(
  range: TextRange,
  code: DiagnosticCode,
  message: string,
): PromptDiagnostic {
  return { severity: 'warning', code, message, range };
}

/** An informational note at a range. */
export function informationAt(
  range: TextRange,
  code: DiagnosticCode,
  message: string,
): PromptDiagnostic {
  return { severity: 'information', code, message, range };
}

/** The diagnostics sorted by their place in the document. */
export function inDocumentOrder(
  diagnostics: readonly PromptDiagnostic[],
): readonly PromptDiagnostic[] {
  return diagnostics.toSorted(
    (a, b) => a.range.line - b.range.line || a.range.column - b.range.column,
  );
}
