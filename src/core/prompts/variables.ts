import { quoted } from '../base/text.ts';
import { errorAt, type Report } from './diagnostics.ts';
import { parseTemplate } from './parseTemplate.ts';
import type { Template, VariablePart } from './template.ts';
import type { TextRange } from './textRange.ts';

/** Reports variables that can have no value. */
export function reportVariables(template: Template, report: Report): void {
  for (const part of template) {
    if (part.kind !== 'input' || part.name !== '') continue;
    const message = `${quoted(part.source)} has no name. Write it as "\${input:name}", or put it in a code fence to send it as it stands.`;
    report(errorAt(part.range, 'variable-without-name', message));
  }
}

/** Reports the first variable of an option's text at the option: only the text of a prompt has variables. */
export function reportVariableInOption(text: string, range: TextRange, report: Report): void {
  const lines = text.split('\n');
  const template = parseTemplate({
    ...{ lines, numbers: [...lines.keys()], isInFence: () => false, attachesLinks: false },
  });
  const use = template.find((part): part is VariablePart => isVariable(part.kind));
  if (use === undefined) return;
  const message = `Variables have values in the text of a prompt only. Move ${quoted(use.source)} there, or write its value.`;
  report(errorAt(range, 'variable-in-option', message));
}

function isVariable(kind: string): boolean {
  return kind === 'input' || kind === 'place';
}
