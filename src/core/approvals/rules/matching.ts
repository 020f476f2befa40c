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
  switch (subject.kind) {
    case 'command':
      return specifier.kind === 'command' && coversCommand(specifier, subject.line);
    case 'url': {
      const { requested } = subject.url;
      return (
        specifier.kind === 'url' && !('problem' in requested) && coversUrl(specifier, requested)
      );
    }
    case 'path':
      return specifier.kind === 'path' && coversPath(specifier, subject.text, call.leadsTo, system);
  }
}

/** Whether a rule that denies or asks is about a call. Wide: in doubt about the spelling it is. */
export function touches(rule: Rule, call: RuleCall, subject: Subject, system: RuleSystem): boolean {
  if (!isAbout(rule, call)) return false;
  const { specifier } = rule;
  if (specifier === undefined) return true;
  switch (subject.kind) {
    case 'command':
      return specifier.kind === 'command' && touchesCommand(specifier, subject.line);
    case 'url': {
      const { loose } = subject.url;
      return specifier.kind === 'url' && loose !== undefined && touchesUrl(specifier, loose);
    }
    case 'path':
      return (
        specifier.kind === 'path' && touchesPath(specifier, subject.text, call.leadsTo, system)
      );
    case 'whole':
    case 'unclear':
      return false;
  }
}
