import type { RuleReading } from '../core/approvals/rules/parseRule.ts';
import type { RuleFile } from '../core/approvals/rules/readRules.ts';
import { readRules } from '../core/approvals/rules/readRules.ts';
import type { RuleProblem } from '../core/approvals/rules/rule.ts';
import { UserError } from '../core/base/errors.ts';
import { readRegularFile } from '../core/base/readRegularFile.ts';
import { visibleText } from '../core/base/text.ts';
import { fileProblem } from './fileProblem.ts';
import { decodePromptBytes } from './promptBytes.ts';

/** Maximum size of a rules file, in bytes. */
const maxBytes = 1_000_000;

/** Reads a rules file. Throws a `UserError` when the file cannot be read as text. */
export async function readRulesFile(file: string, reading: RuleReading): Promise<RuleFile> {
  const bytes = await readRegularFile(file, { maxBytes }).catch((error: unknown) => {
    throw new UserError(`${file} ${fileProblem(error)}.`);
  });
  const decoded = decodePromptBytes(bytes);
  if ('problem' in decoded) throw new UserError(`${file}:1:1: error: ${decoded.problem}`);
  return readRules(decoded.text, reading);
}

/** `my.rules:3:1: error: …`: a form that editors and build logs turn into links. */
export function describeRuleProblem(
  file: string,
  { line, column, severity, message }: RuleProblem,
): string {
  return visibleText(`${file}:${line + 1}:${column + 1}: ${severity}: ${message}`);
}
