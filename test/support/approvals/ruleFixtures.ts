import { decide } from '../../../src/core/approvals/rules/decide.ts';
import type { Decision } from '../../../src/core/approvals/rules/decision.ts';
import { readRules } from '../../../src/core/approvals/rules/readRules.ts';
import type { Rule } from '../../../src/core/approvals/rules/rule.ts';
import type { RuleCall } from '../../../src/core/approvals/rules/ruleCall.ts';
import { type RuleSystem, ruleSystemOf } from '../../../src/core/approvals/rules/ruleSystem.ts';
import {
  findRuleTool,
  type KnownTools,
  knownTools,
  toolsWithSubject,
} from '../../../src/core/approvals/rules/ruleTools.ts';
import type { RunRules } from '../../../src/core/approvals/runRules.ts';
import type { RulePlace } from '../../../src/shared/callDecision.ts';

/** The tools that the rules of the tests know, and readers and evaluators of rules on three systems. */
export const tools: KnownTools = {
  tools: [
    ...toolsWithSubject,
    { name: 'search_text', effect: 'read' },
    { name: 'sum_numbers', effect: 'pure' },
    { name: 'run_javascript', effect: 'pure' },
    { name: 'ask_user', effect: 'read' },
    { name: 'lm:github', effect: 'foreign' },
  ],
  listsForeign: true,
};

export const linux = ruleSystemOf('linux', ['my.rules', 'saved']);
export const mac = ruleSystemOf('darwin', ['my.rules', 'saved']);
export const windows = ruleSystemOf('win32', ['my.rules', 'saved']);

/** The rules of a run that somebody watches. */
export function rulesOfRun(text = '', more: Partial<RunRules> = {}): RunRules {
  const rules = rulesOf(text);
  return { current: () => rules, system: linux, tools, isUnattended: false, ...more };
}

/** The problems of a text of rules, as `line:column severity message`, counted from 1. */
export function problemsOf(
  text: string,
  place: RulePlace = 'run',
  system = linux,
): readonly string[] {
  return readRules(text, { place, tools, system }).problems.map(
    ({ line, column, severity, message }) => `${line + 1}:${column + 1} ${severity} ${message}`,
  );
}

/** Rules that must be in order. */
export function rulesOf(text: string, place: RulePlace = 'run', system = linux): readonly Rule[] {
  const { rules, problems } = readRules(text, { place, tools, system });
  if (rules === undefined) throw new Error(JSON.stringify(problems));
  return rules;
}

/** Rules about these tools. */
export function rulesFor(offered: Parameters<typeof knownTools>[0], text: string): readonly Rule[] {
  const reading = { place: 'run', tools: knownTools(offered), system: linux } as const;
  const { rules, problems } = readRules(text, reading);
  if (rules === undefined) throw new Error(JSON.stringify(problems));
  return rules;
}

/** A call of a tool. */
export function callOf(
  tool: string,
  input: unknown,
  more: Partial<Omit<RuleCall, 'tool' | 'input'>> = {},
): RuleCall {
  const found = findRuleTool(tool, tools);
  if (found === undefined) throw new Error(`There is no tool ${tool}.`);
  return { tool: found, input, isUnattended: false, ...more };
}

/** What rules say of a call. */
export function decisionOf(
  rules: string,
  tool: string,
  input: unknown,
  system: RuleSystem = linux,
): Decision {
  return decide(rulesOf(rules, 'run', system), callOf(tool, input), system);
}

/** What rules say of a command line: verdict and the line of the rule, or what else decided. */
export function runs(rules: string, command: string, system: RuleSystem = linux): string {
  const { verdict, by } = decisionOf(rules, 'run_command', { command }, system);
  return `${verdict} ${by.kind === 'rule' ? `${by.rule.line + 1}` : by.kind}`;
}
