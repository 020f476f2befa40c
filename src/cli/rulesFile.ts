import type { RuleFile } from '../core/approvals/rules/readRules.ts';
import { readRules } from '../core/approvals/rules/readRules.ts';
import type { RuleProblem } from '../core/approvals/rules/rule.ts';
import type { RuleSystem } from '../core/approvals/rules/ruleSystem.ts';
import type { KnownTools } from '../core/approvals/rules/ruleTools.ts';
import { UserError } from '../core/base/errors.ts';
import { readRegularFile } from '../core/base/readRegularFile.ts';
import { visibleText } from '../core/base/text.ts';
import { fileProblem } from './fileProblem.ts';
import { decodePromptBytes } from './promptBytes.ts';

/** Maximum size of a rules file, in bytes. */
const maxBytes = 1_000_000;

/** Reads the rules file of a run. Throws a `UserError` when the file cannot be read as text. */
export async function readRulesFile(
  file: string,
  tools: KnownTools,
  system: RuleSystem,
): Promise<RuleFile> {
  const bytes = await readRegularFile(file, { maxBytes }).catch((error: unknown) => {
    throw new UserError(`${file} ${fileProblem(error)}.`);
  });
  const decoded = decodePromptBytes(bytes);
  if ('problem' in decoded) throw new UserError(`${file}:1:1: error: ${decoded.problem}`);
  return readRules(decoded.text, { place: 'run', tools, system });
}

/** `my.rules:3:1: error: …`: a form that editors and build logs turn into links. */
export function describeRuleProblem(
  file: string,
  { line, column, severity, message }: RuleProblem,
): string {
  return visibleText(`${file}:${line + 1}:${column + 1}: ${severity}: ${message}`);
}
