import { coversCommand, touchesCommand } from './command/commandSpecifier.ts';
import { coversPath, touchesPath } from './path/pathSpecifier.ts';
import type { Rule } from './rule.ts';
import type { RuleCall } from './ruleCall.ts';
import type { RuleSystem } from './ruleSystem.ts';
import { foreignPrefix } from './ruleTools.ts';
import type { Subject } from './subject.ts';
import { coversUrl, touchesUrl } from './url/urlSpecifier.ts';

/** Whether a rule is about a call's tool, agent and kind of run. */
export function isAbout(rule: Rule, call: RuleCall): boolean {
  const { name } = call.tool;
  const isTool =
    rule.tool === name ||
    rule.tool === '*' ||
    (rule.tool === `${foreignPrefix}*` && name.startsWith(foreignPrefix));
  const isAgent = rule.agent === undefined || rule.agent === call.agent;
  return isTool && isAgent && (call.isUnattended || !rule.isForUnattended);
}

/** Whether an allow rule covers all of a call. Strict: in any doubt it does not. */
export function covers(rule: Rule, call: RuleCall, subject: Subject, system: RuleSystem): boolean {
  if (!isAbout(rule, call)) return false;
  const { specifier } = rule;
  if (specifier === undefined) return true;
  if (subject.kind === 'whole' || subject.kind === 'unclear') return false;
  if (subject.unknownArgument !== undefined) return false;
  if (specifier.kind === 'command') {
    return subject.kind === 'command' && coversCommand(specifier, subject.line);
  }
  if (specifier.kind !== subject.kind) return false;
  switch (specifier.kind) {
    case 'url':
      return coversUrl(specifier, subject.text);
    case 'path':
      return coversPath(specifier, subject.text, call.leadsTo, system);
  }
}

/** Whether a rule that denies or asks is about a call. Wide: in doubt about the spelling it is. */
export function touches(rule: Rule, call: RuleCall, subject: Subject, system: RuleSystem): boolean {
  if (!isAbout(rule, call)) return false;
  const { specifier } = rule;
  if (specifier === undefined) return true;
  if (specifier.kind === 'command') {
    return subject.kind === 'command' && touchesCommand(specifier, subject.line);
  }
  if (subject.kind !== specifier.kind) return false;
  switch (specifier.kind) {
    case 'url':
      return touchesUrl(specifier, subject.text);
    case 'path':
      return touchesPath(specifier, subject.text, call.leadsTo, system);
  }
}
