import { visibleText } from '../base/text.ts';
import type { PromptDiagnostic, TextRange } from './prompt.ts';

/** Every code a prompt file's diagnostics can carry. */
export type DiagnosticCode =
  | 'duplicate-setting'
  | 'empty-file'
  | 'empty-prompt'
  | 'heading-in-html'
  | 'heading-in-list'
  | 'heading-needs-space'
  | 'hidden-mark'
  | 'invalid-text'
  | 'invalid-value'
  | 'invalid-yaml'
  | 'late-header'
  | 'misplaced-settings'
  | 'no-effect'
  | 'no-prompts'
  | 'not-a-prompt-file'
  | 'not-supported'
  | 'not-read'
  | 'nul-character'
  | 'settings-in-header'
  | 'text-after-settings'
  | 'too-large'
  | 'unclosed-comment'
  | 'unclosed-fence'
  | 'unclosed-html'
  | 'unclosed-settings'
  | 'underlined-heading'
  | 'unknown-setting'
  | 'unknown-tool'
  | 'variable-not-supported';

/** Takes in what is to be mended, in any order. */
export type Report = (diagnostic: PromptDiagnostic) => void;

export function errorAt(range: TextRange, code: DiagnosticCode, message: string): PromptDiagnostic {
  return { severity: 'error', code, message, range };
}

export function warningAt(
  range: TextRange,
  code: DiagnosticCode,
  message: string,
): PromptDiagnostic {
  return { severity: 'warning', code, message, range };
}

export function informationAt(
  range: TextRange,
  code: DiagnosticCode,
  message: string,
): PromptDiagnostic {
  return { severity: 'information', code, message, range };
}

/** The same diagnostics from the top of the document to its end. */
export function inDocumentOrder(
  diagnostics: readonly PromptDiagnostic[],
): readonly PromptDiagnostic[] {
  return diagnostics.toSorted(
    (a, b) => a.range.line - b.range.line || a.range.column - b.range.column,
  );
}

const longestQuote = 40;

/** A piece of the file inside a message: in quotes, clipped, nothing in it hidden. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : String(value);
  const clipped = text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
  return visibleText(JSON.stringify(clipped.toWellFormed()));
}
