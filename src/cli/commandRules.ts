import * as path from 'node:path';
import { parseRule } from '../core/approvals/rules/parseRule.ts';
import type { Rule } from '../core/approvals/rules/rule.ts';
import type { RuleSystem } from '../core/approvals/rules/ruleSystem.ts';
import { ruleSystemOf } from '../core/approvals/rules/ruleSystem.ts';
import type { KnownTools } from '../core/approvals/rules/ruleTools.ts';
import { knownTools } from '../core/approvals/rules/ruleTools.ts';
import { UserError } from '../core/base/errors.ts';
import { quoted } from '../core/base/text.ts';
import { defaultToolLimits } from '../core/tools/toolLimits.ts';
import type { RuleOptions } from './addRuleOptions.ts';
import { describeRuleProblem, readRulesFile } from './rulesFile.ts';
import type { RunCommandServices } from './runServices.ts';
import { runsFolder } from './userFolders.ts';

/** The rules of one command, and what is needed to apply them. */
export interface CommandRules {
  readonly rules: readonly Rule[];
  readonly tools: KnownTools;
  readonly system: RuleSystem;
}

/** Reads the rules of a command line. Throws a `UserError` for an invalid rule. */
export async function readCommandRules(
  { allow = [], rules: file }: RuleOptions,
  services: Pick<RunCommandServices, 'createToolset' | 'environment' | 'folder' | 'terminal'>,
): Promise<CommandRules> {
  const toolset = services.createToolset(defaultToolLimits);
  const tools = knownTools(toolset.tools);
  const own = [runsFolder(services.environment)];
  if (file !== undefined) own.push(path.resolve(services.folder, file));
  const system = ruleSystemOf(
    process.platform,
    own.flatMap((place) => toolset.pathOf(place) ?? []),
  );
  toolset.dispose();
  const given = allow.map((text) => allowRule(text, { tools, system }));
  if (file === undefined) return { rules: given, tools, system };
  const { rules, problems } = await readRulesFile(file, tools, system);
  for (const problem of problems) services.terminal.err(`${describeRuleProblem(file, problem)}\n`);
  if (rules !== undefined) return { rules: [...rules, ...given], tools, system };
  throw new UserError(`The rules in ${file} have errors, so nothing was sent.`);
}

function allowRule(text: string, reading: Omit<CommandRules, 'rules'>): Rule {
  const { rule, problem } = parseRule(`allow ${text}`, 0, { ...reading, place: 'run' });
  // A rule with a warning allows nothing.
  if (rule !== undefined && problem === undefined) return rule;
  throw new UserError(`--allow ${quoted(text, 200)}: ${problem?.message ?? 'This is not a rule.'}`);
}
