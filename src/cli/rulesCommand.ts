import * as path from 'node:path';
import { exactRule, type OfferedRule, patternRule } from '../core/approvals/rules/clickRule.ts';
import { decide, hidingRule } from '../core/approvals/rules/decide.ts';
import type { DecidedBy } from '../core/approvals/rules/decision.ts';
import { previewOf } from '../core/approvals/rules/preview.ts';
import type { RuleFile } from '../core/approvals/rules/readRules.ts';
import type { RuleCall } from '../core/approvals/rules/ruleCall.ts';
import type { RuleSystem } from '../core/approvals/rules/ruleSystem.ts';
import { ruleSystemOf } from '../core/approvals/rules/ruleSystem.ts';
import type { KnownTools } from '../core/approvals/rules/ruleTools.ts';
import { findRuleTool, knownTools } from '../core/approvals/rules/ruleTools.ts';
import { UserError } from '../core/base/errors.ts';
import { didYouMean } from '../core/base/nearMiss.ts';
import type { Tool } from '../core/tools/tool.ts';
import { plural } from '../shared/quantities.ts';
import { messageOf } from '../shared/thrown.ts';
import { workspaceRulesFile, workspaceRulesFolder } from '../shared/workspaceRulesFile.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import { describeRuleProblem, readRulesFile } from './rulesFile.ts';
import type { Terminal } from './terminal.ts';
import { terminalLine } from './terminalText.ts';

/** The services of the rules commands. */
export interface RulesServices {
  readonly terminal: Terminal;
  /** The tools of this program. */
  readonly tools: readonly Tool[];
  /** The current folder: the workspace. */
  readonly folder: string;
}

/** Options of `interleave rules try`. */
export interface TryOptions {
  readonly agent?: string;
  readonly unattended?: boolean;
}

/** `interleave rules check`: reports the errors of a rules file, and counts its rules and examples. */
export async function rulesCheckCommand(file: string, services: RulesServices): Promise<ExitCode> {
  const { rules, problems, examplesHeld } = await readIn(file, services);
  reportProblems(file, { problems }, services.terminal);
  if (rules === undefined) return exitCodes.usage;
  const held = `${plural(examplesHeld, 'example')} ${examplesHeld === 1 ? 'holds' : 'hold'}`;
  services.terminal.out(`${plural(rules.length, 'rule')}, ${held}.\n`);
  return exitCodes.allDone;
}

/** `interleave rules try`: shows what the rules of a file decide about one tool call, and why. */
export async function rulesTryCommand(
  file: string,
  toolName: string,
  json: string,
  { agent, unattended = false }: TryOptions,
  services: RulesServices,
): Promise<ExitCode> {
  const { terminal } = services;
  const { known, system } = surroundings(file, services);
  const call = callOf(toolName, json, known, {
    isUnattended: unattended,
    ...(agent === undefined ? {} : { agent }),
  });
  const read = await readIn(file, services);
  reportProblems(file, read, terminal);
  if (read.rules === undefined) return exitCodes.usage;
  const { verdict, by, parts } = decide(read.rules, call, system);
  const print = (line: string): void => terminal.out(`${line}\n`);
  print(`${verdict}: ${reason(by)}`);
  if (parts.length > 1) {
    for (const part of parts)
      print(`  ${terminalLine(part.text)} → ${part.verdict}: ${reason(part.by)}`);
  }
  if (hidingRule(read.rules, call) !== undefined) print('The model is not offered this tool.');
  if (by.kind === 'rule' && verdict === 'allow') printPreview(print, previewOf(by.rule));
  if (verdict === 'ask') printOffers(print, call, { tools: known, system });
  return exitCodes.allDone;
}

function readIn(file: string, services: RulesServices): Promise<RuleFile> {
  const { known, system, isOfFolder } = surroundings(file, services);
  const place = isOfFolder ? 'workspace' : 'run';
  return readRulesFile(file, { tools: known, system, place });
}

function surroundings(
  file: string,
  { tools, folder }: RulesServices,
): { readonly known: KnownTools; readonly system: RuleSystem; readonly isOfFolder: boolean } {
  const own = path.relative(folder, path.resolve(folder, file)).split(path.sep).join('/');
  const system = ruleSystemOf(process.platform, [own, workspaceRulesFolder]);
  return { known: knownTools(tools), system, isOfFolder: own === workspaceRulesFile };
}

function callOf(
  name: string,
  json: string,
  known: KnownTools,
  from: Pick<RuleCall, 'agent' | 'isUnattended'>,
): RuleCall {
  const tool = findRuleTool(name, known);
  if (tool === undefined) {
    const names = known.tools.map((one) => one.name);
    throw new UserError(`There is no tool named "${name}".${didYouMean(name, names)}`);
  }
  try {
    return { tool, input: JSON.parse(json), ...from };
  } catch (error) {
    throw new UserError(`The input is not JSON: ${messageOf(error)}`);
  }
}

function reportProblems(
  file: string,
  { problems }: Pick<RuleFile, 'problems'>,
  terminal: Terminal,
): void {
  for (const problem of problems) terminal.err(`${describeRuleProblem(file, problem)}\n`);
}

/** The rule that decides and its line, or why no rule decides. */
function reason(by: DecidedBy): string {
  if (by.kind !== 'rule') return by.why;
  const { rule } = by;
  return `the rule in line ${rule.line + 1}, ${terminalLine(rule.text)}`;
}

function printPreview(print: (line: string) => void, preview: OfferedRule['preview']): void {
  for (const line of preview.covers) print(`  covers ${terminalLine(line)}`);
  for (const line of preview.asksFor) print(`  does not cover ${terminalLine(line)}`);
}

/** Shows the rules that would allow the call. */
function printOffers(
  print: (line: string) => void,
  call: RuleCall,
  reading: Parameters<typeof exactRule>[1],
): void {
  const exact = exactRule(call, reading);
  if ('why' in exact) print(exact.why);
  const pattern = patternRule(call, reading);
  for (const offer of [...('rule' in exact ? [exact] : []), ...(pattern ? [pattern] : [])]) {
    print(`A rule that would allow it: ${terminalLine(offer.rule.text)}`);
    printPreview(print, offer.preview);
  }
}
