import type { ToolEffect } from '../../base/toolEffect.ts';
import { parseCommandLine } from './command/commandLine.ts';
import type { DecidedBy, Decision, PartDecision } from './decision.ts';
import { floorOf } from './floor.ts';
import { covers, isAbout, touches } from './matching.ts';
import type { Rule } from './rule.ts';
import type { RuleCall } from './ruleCall.ts';
import type { RuleSystem } from './ruleSystem.ts';
import type { Subject } from './subject.ts';
import { subjectOf } from './subject.ts';

/**
 * What the rules say of a call. First the floor, then all rules that deny, then all that ask, then all
 * that allow, whatever their order; then what holds for the tool's effect.
 */
export function decide(rules: readonly Rule[], call: RuleCall, system: RuleSystem): Decision {
  const decision = decideMain(rules, call, system);
  const others = call.tool.subject?.others ?? [];
  return others
    .map((argument) => decideMain(rules, aboutArgument(call, argument), system))
    .reduce((a, b) => (strictness[b.verdict] > strictness[a.verdict] ? b : a), decision);
}

const strictness = { allow: 0, ask: 1, deny: 2 } as const;

/** The same call, seen from another argument of the same kind. */
function aboutArgument(call: RuleCall, argument: string): RuleCall {
  const { tool, othersLeadTo, leadsTo: _, ...rest } = call;
  const lead = othersLeadTo?.[argument];
  const subject = tool.subject && { ...tool.subject, argument };
  return {
    ...{ ...rest, tool: { ...tool, ...(subject === undefined ? {} : { subject }) } },
    ...(lead === undefined ? {} : { leadsTo: lead }),
  };
}

function decideMain(rules: readonly Rule[], call: RuleCall, system: RuleSystem): Decision {
  const subject = subjectOf(call, system);
  const whole = decideWhole(rules, call, subject, system);
  if (subject.kind !== 'command') return { ...whole, parts: [] };
  const { commands } = subject.line;
  const parts = commands.map((command): PartDecision => {
    if (commands.length === 1) return { text: command.text, ...whole };
    const { text } = command;
    const part = { ...subject, text, line: parseCommandLine(text, system.shell) };
    return { text: command.text, ...decideWhole(rules, call, part, system) };
  });
  return { ...whole, parts };
}

/** The rule that keeps a tool from a model altogether: it denies every call. */
export function hidingRule(
  rules: readonly Rule[],
  call: Omit<RuleCall, 'input'>,
): Rule | undefined {
  return rules.find(
    (rule) =>
      rule.effect === 'deny' &&
      rule.specifier === undefined &&
      isAbout(rule, { ...call, input: undefined }),
  );
}

function decideWhole(
  rules: readonly Rule[],
  call: RuleCall,
  subject: Subject,
  system: RuleSystem,
): Omit<Decision, 'parts'> {
  const allowing = rules.filter((rule) => rule.effect === 'allow' && isAbout(rule, call));
  const floor = floorOf(call, subject, allowing, system);
  if (floor !== undefined) return { verdict: 'deny', by: { kind: 'floor', why: floor } };
  for (const effect of ['deny', 'ask'] as const) {
    const rule = rules.find(
      (candidate) => candidate.effect === effect && touches(candidate, call, subject, system),
    );
    if (rule !== undefined) return { verdict: effect, by: { kind: 'rule', rule } };
  }
  const rule = allowing.find((candidate) => covers(candidate, call, subject, system));
  if (rule !== undefined) return { verdict: 'allow', by: { kind: 'rule', rule } };
  return decideByEffect(call.tool.effect, subject);
}

function decideByEffect(effect: ToolEffect, subject: Subject): Omit<Decision, 'parts'> {
  const asks = (why: string) => ({ verdict: 'ask', by: byDefault(why) }) as const;
  if (subject.kind === 'unclear') return asks(subject.why);
  switch (effect) {
    case 'pure':
    case 'read':
      return { verdict: 'allow', by: byDefault('The tool changes nothing.') };
    case 'write':
      return { verdict: 'allow', by: byDefault('The tool only proposes: the user applies edits.') };
    case 'network':
    case 'execute':
    case 'foreign':
      return asks(whyNoRule(subject));
  }
}

/** Why no rule allows a call that no rule denies. */
function whyNoRule(subject: Subject): string {
  const none = 'No rule allows it.';
  if (subject.kind === 'whole' || subject.kind === 'unclear') return none;
  if (subject.unknownArgument !== undefined) {
    return `No rule allows it with the argument "${subject.unknownArgument}".`;
  }
  if (subject.kind !== 'command') return none;
  const { commands } = subject.line;
  if (commands.length > 1)
    return `${none} It is ${commands.length} commands; a pattern covers one.`;
  const [command] = commands;
  return command?.kind === 'unclear' ? `${none} ${command.why}` : none;
}

function byDefault(why: string): DecidedBy {
  return { kind: 'default', why };
}
