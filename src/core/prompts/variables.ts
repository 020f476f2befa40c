import { quoted } from '../base/text.ts';
import { errorAt, type Report } from './diagnostics.ts';
import type { TextRange } from './prompt.ts';
import { span } from './sourceText.ts';

/** VS Code's variables of prompt files besides `${input:…}`. */
const fixedVariables = [
  'selection',
  'selectedText',
  'file',
  'fileBasename',
  'fileBasenameNoExtension',
  'fileDirname',
  'fileContent',
  'workspaceFolder',
  'workspaceFolderBasename',
];

/** A variable in a text, as written, with the column it starts at. */
interface VariableUse {
  readonly text: string;
  readonly column: number;
}

/** Reports every variable of a line: it would be sent without its value. */
export function reportVariables(line: string, lineNumber: number, report: Report): void {
  for (const use of variablesIn(line)) {
    report(variableError(use.text, span(lineNumber, use.column, use.text.length)));
  }
}

/** Reports the first variable of an option's text at the option. */
export function reportVariableInOption(text: string, range: TextRange, report: Report): void {
  for (const use of variablesIn(text)) {
    report(variableError(use.text, range));
    return;
  }
}

function variableError(variable: string, range: TextRange) {
  const message = `Variables are not supported by this version of Interleave. Write the value instead of ${quoted(variable)}, or put it in a code fence to send it as it stands.`;
  return errorAt(range, 'variable-not-supported', message);
}

function* variablesIn(text: string): Generator<VariableUse> {
  const lastBrace = text.lastIndexOf('}');
  let from = 0;
  while (true) {
    const column = text.indexOf('${', from);
    if (column < 0 || column > lastBrace) return;
    const end = endOfVariable(text, column + 2);
    if (end !== undefined) yield { text: text.slice(column, end), column };
    from = end ?? column + 2;
  }
}

/** The end of the variable whose name starts at `start`, after its brace. The text has a brace there. */
function endOfVariable(text: string, start: number): number | undefined {
  for (const name of fixedVariables) {
    if (text.startsWith(`${name}}`, start)) return start + name.length + 1;
  }
  return text.startsWith('input:', start) ? text.indexOf('}', start) + 1 : undefined;
}
