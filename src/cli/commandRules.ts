import * as path from 'node:path';
import { parseRule } from '../core/approvals/rules/parseRule.ts';
import type { Rule, RuleProblem } from '../core/approvals/rules/rule.ts';
import type { RuleSystem } from '../core/approvals/rules/ruleSystem.ts';
import { ruleSystemOf } from '../core/approvals/rules/ruleSystem.ts';
import type { KnownTools } from '../core/approvals/rules/ruleTools.ts';
import { knownTools } from '../core/approvals/rules/ruleTools.ts';
import { readWorkspaceRules, readWorkspaceRulesText } from '../core/approvals/workspaceRules.ts';
import { UserError } from '../core/base/errors.ts';
import { quoted } from '../core/base/text.ts';
import { defaultToolLimits } from '../core/tools/toolLimits.ts';
import { workspaceRulesFile, workspaceRulesFolder } from '../shared/workspaceRulesFile.ts';
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

/** Reads the rules of a command line and of the current folder. Throws a `UserError` for an invalid rule. */
export async function readCommandRules(
  { allow = [], rules: file }: RuleOptions,
  services: Pick<RunCommandServices, 'createToolset' | 'environment' | 'folder' | 'terminal'>,
): Promise<CommandRules> {
  const toolset = services.createToolset(defaultToolLimits);
  const tools = knownTools(toolset.tools);
  const own = [runsFolder(services.environment), path.join(services.folder, workspaceRulesFolder)];
  if (file !== undefined) own.push(path.resolve(services.folder, file));
  const system = ruleSystemOf(
    process.platform,
    own.flatMap((place) => toolset.pathOf(place) ?? []),
  );
  toolset.dispose();
  const given = allow.map((text) => allowRule(text, { tools, system }));
  const report = (problem: RuleProblem, of: string): void =>
    services.terminal.err(`${describeRuleProblem(of, problem)}\n`);
  const whole = file === undefined ? undefined : path.resolve(services.folder, file);
  // The user may give the file of the folder like any other. Then its rules that allow count, too.
  const isGiven = whole === path.join(services.folder, ...workspaceRulesFile.split('/'));
  const ofFolder = isGiven ? [] : await folderRules(services.folder, { tools, system }, report);
  if (file === undefined) return { rules: [...ofFolder, ...given], tools, system };
  const { rules, problems } = await readRulesFile(file, { tools, system, place: 'run' });
  for (const problem of problems) report(problem, file);
  if (rules !== undefined) return { rules: [...ofFolder, ...rules, ...given], tools, system };
  throw new UserError(`The rules in ${file} have errors, so nothing was sent.`);
}

/**
 * The rules that the current folder brings. They need no acceptance: they deny or ask, and nobody is there to be
 * asked. Throws a `UserError` where the file cannot be used, because rules that deny would be missing.
 */
async function folderRules(
  folder: string,
  reading: Omit<CommandRules, 'rules'>,
  report: (problem: RuleProblem, of: string) => void,
): Promise<readonly Rule[]> {
  const read = await readWorkspaceRulesText(folder);
  if (read.kind === 'none') return [];
  if (read.kind === 'unusable') {
    throw new UserError(`${workspaceRulesFile} ${read.why}. Fix or remove it. Nothing was sent.`);
  }
  const { rules, problems } = readWorkspaceRules(read.text, reading);
  for (const problem of problems) report(problem, workspaceRulesFile);
  if (rules !== undefined) return rules;
  throw new UserError(`The rules in ${workspaceRulesFile} have errors, so nothing was sent.`);
}

function allowRule(text: string, reading: Omit<CommandRules, 'rules'>): Rule {
  const { rule, problem } = parseRule(`allow ${text}`, 0, { ...reading, place: 'run' });
  // A rule with a warning allows nothing.
  if (rule !== undefined && problem === undefined) return rule;
  throw new UserError(`--allow ${quoted(text, 200)}: ${problem?.message ?? 'This is not a rule.'}`);
}
