import type { RulePlace } from '../../../shared/callDecision.ts';
import { revealHidden } from '../../../shared/visibleText.ts';
import { didYouMean } from '../../base/nearMiss.ts';
import { quoted } from '../../base/text.ts';
import { readCommandSpecifier } from './command/commandSpecifier.ts';
import { readPathSpecifier } from './path/pathSpecifier.ts';
import type { Reading } from './reading.ts';
import type { Rule, RuleProblem, Specifier } from './rule.ts';
import type { RuleEffect, RuleSystem } from './ruleSystem.ts';
import type { KnownTools, RuleTool, SubjectArgument } from './ruleTools.ts';
import { findRuleTool, foreignPrefix } from './ruleTools.ts';
import { readUrlSpecifier } from './url/urlSpecifier.ts';

/** What the reading of rules needs to know. */
export interface RuleReading {
  readonly place: RulePlace;
  readonly tools: KnownTools;
  readonly system: RuleSystem;
  /** The workspace path of the folder in which the rules' own paths begin; the top of the workspace when absent. */
  readonly below?: string;
}

/** A rule, or what is wrong with its line; a rule may come with a warning. */
export interface ParsedRule {
  readonly rule?: Rule;
  readonly problem?: RuleProblem;
}

/** Longest line, in UTF-16 units. */
const maxLength = 4_000;

const effects: readonly RuleEffect[] = ['deny', 'ask', 'allow'];
const ruleForm =
  /^(\s*)(\S+)(\s+)([^\s(]+)(?:\((.*)\))?((?:\s+(?:agent=(?:"[^"]+"|[^\s"()]+)|unattended))*)\s*$/;

/** Reads one line: `effect tool(specifier) [agent=name] [unattended]`. */
export function parseRule(line: string, index: number, reading: RuleReading): ParsedRule {
  const at = (column: number, end: number) => ({ line: index, column, endColumn: end });
  const whole = at(line.length - line.trimStart().length, line.trimEnd().length);
  const fault = (place: typeof whole, message: string): ParsedRule => ({
    problem: { severity: 'error', ...place, message },
  });
  if (line.length > maxLength) return fault(whole, 'This line is too long for a rule.');
  if (revealHidden(line) !== line || line.includes('\t')) {
    return fault(
      whole,
      `This line has characters that are not seen: ${quoted(line, 80)}. Remove them.`,
    );
  }
  const found = ruleForm.exec(line);
  const [, indent = '', effect = '', gap = '', name = '', text, qualifiers = ''] = found ?? [];
  const effectPlace = at(indent.length, indent.length + effect.length);
  if (found === null) return fault(whole, formHelp);
  if (!isEffect(effect)) {
    const meant = didYouMean(effect, effects);
    return fault(
      effectPlace,
      `A rule begins with deny, ask or allow, not ${quoted(effect, 40)}.${meant}`,
    );
  }
  const nameStart = indent.length + effect.length + gap.length;
  const namePlace = at(nameStart, nameStart + name.length);
  const tool = readTool(name, effect, reading.tools);
  if ('problem' in tool) return fault(namePlace, tool.problem);
  const specifier = readSpecifier(text, effect, tool.value, reading);
  const textPlace = at(namePlace.endColumn, namePlace.endColumn + (text?.length ?? -2) + 2);
  if ('problem' in specifier)
    return fault(text === undefined ? namePlace : textPlace, specifier.problem);
  const conditions = readQualifiers(qualifiers);
  if ('problem' in conditions) return fault(whole, conditions.problem);
  const rule: Rule = {
    effect,
    tool: name,
    ...(specifier.value === undefined ? {} : { specifier: specifier.value }),
    ...conditions.value,
    text: line.trim(),
    line: index,
    place: reading.place,
  };
  return withWarning(rule, tool.value === undefined && !name.endsWith('*'), namePlace);
}

const formHelp =
  'A rule is "effect tool(specifier)", then "agent=NAME" and "unattended" where they are wanted. A comment has its own line.';

function isEffect(text: string): text is RuleEffect {
  return effects.some((effect) => effect === text);
}

/** The tool of a name; undefined for a wildcard, and for a tool that an allow rule names in vain. */
function readTool(
  name: string,
  effect: RuleEffect,
  known: KnownTools,
): Reading<RuleTool | undefined> {
  if (name === '*' || name === `${foreignPrefix}*`) {
    if (effect !== 'allow') return { value: undefined };
    return { problem: `"${name}" stands only in rules that deny or ask. Name one tool.` };
  }
  const tool = findRuleTool(name, known);
  if (tool !== undefined || effect === 'allow') return { value: tool };
  const names = known.tools.map((one) => one.name);
  return { problem: `There is no tool named ${quoted(name, 60)}.${didYouMean(name, names)}` };
}

function readSpecifier(
  text: string | undefined,
  effect: RuleEffect,
  tool: RuleTool | undefined,
  reading: RuleReading,
): Reading<Specifier | undefined> {
  const subject = tool?.subject;
  if (text === undefined) {
    const isTooBroad =
      effect === 'allow' && (subject?.kind === 'command' || subject?.kind === 'url');
    if (!isTooBroad) return { value: undefined };
    return { problem: `This would allow every call of ${tool?.name}. ${wanted[subject.kind]}` };
  }
  // A tool that is not known: what stands in the parentheses is not either.
  if (tool === undefined && effect === 'allow') return { value: undefined };
  if (subject === undefined) {
    return {
      problem: 'Rules for this tool are about all its calls. Remove what stands in parentheses.',
    };
  }
  if (text.trim() === '')
    return { problem: `Nothing stands in the parentheses. ${wanted[subject.kind]}` };
  if (text !== text.trim()) {
    return { problem: 'Remove the spaces inside the parentheses, at the start and at the end.' };
  }
  return specifierOf(text, effect, subject, reading);
}

const wanted: { readonly [K in SubjectArgument['kind']]: string } = {
  command: 'Write a command: run_command(npm test).',
  url: 'Write a host or an address: fetch_url(domain:docs.example.com).',
  path: 'Write a path of the workspace: write_file(src/**).',
};

function specifierOf(
  text: string,
  effect: RuleEffect,
  subject: SubjectArgument,
  { system, below }: RuleReading,
): Reading<Specifier> {
  switch (subject.kind) {
    case 'command':
      return readCommandSpecifier(text, effect, system.shell);
    case 'url':
      return readUrlSpecifier(text, effect);
    case 'path':
      return readPathSpecifier(text, effect, system, below);
  }
}

function readQualifiers(text: string): Reading<Pick<Rule, 'agent' | 'isForUnattended'>> {
  const agents = [...text.matchAll(/\sagent=(?:"([^"]+)"|([^\s"()]+))/g)];
  const unattended = [...text.matchAll(/\sunattended(?=\s|$)/g)];
  if (agents.length > 1 || unattended.length > 1) {
    return { problem: 'Write "agent=NAME" and "unattended" once at most.' };
  }
  const agent = agents[0]?.[1] ?? agents[0]?.[2];
  return {
    value: { ...(agent === undefined ? {} : { agent }), isForUnattended: unattended.length > 0 },
  };
}

function withWarning(
  rule: Rule,
  isUnknown: boolean,
  place: Pick<RuleProblem, 'line' | 'column' | 'endColumn'>,
): ParsedRule {
  const warn = (message: string): RuleProblem => ({ severity: 'warning', ...place, message });
  if (rule.place === 'workspace' && rule.effect === 'allow') {
    return {
      problem: warn(
        'A workspace cannot allow anything; this rule is ignored. Put it into your settings.',
      ),
    };
  }
  if (!isUnknown) return { rule };
  return {
    problem: warn(`There is no tool named ${quoted(rule.tool, 60)}; this rule allows nothing.`),
  };
}
