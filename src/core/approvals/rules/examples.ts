import { quoted } from '../../base/text.ts';
import { floorOf } from './floor.ts';
import { covers, touches } from './matching.ts';
import type { RuleReading } from './parseRule.ts';
import type { Rule } from './rule.ts';
import type { RuleCall } from './ruleCall.ts';
import { findRuleTool } from './ruleTools.ts';
import { subjectOf } from './subject.ts';

/** A comment that says what the rule above it is about, or is not. */
export interface RuleExample {
  readonly isYes: boolean;
  readonly text: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

/** Reads `# yes: npm run build` and `# no: …`; undefined for other comments. */
export function readExample(line: string, index: number): RuleExample | undefined {
  const found = /^\s*#\s*(yes|no)\s*:\s*/i.exec(line);
  if (found === null) return undefined;
  const [start, kind = ''] = found;
  const column = start.length;
  const text = line.slice(column).trimEnd();
  const isYes = kind.toLowerCase() === 'yes';
  return { isYes, text, line: index, column, endColumn: column + text.length };
}

/** What is wrong with an example; undefined when the rule does as it says. */
export function checkExample(
  { isYes, text }: RuleExample,
  rule: Rule,
  { tools, system, below = '' }: Pick<RuleReading, 'tools' | 'system' | 'below'>,
): string | undefined {
  const tool = findRuleTool(rule.tool, tools);
  if (tool?.subject === undefined || rule.specifier === undefined) {
    return 'The rule above is about all calls, so it needs no examples. Remove this one.';
  }
  if (text === '') return 'This example is empty. Write a command, an address or a path.';
  const isBelow = tool.subject.kind === 'path' && below !== '';
  const call: RuleCall = {
    tool,
    input: { [tool.subject.argument]: isBelow ? `${below}/${text}` : text },
    isUnattended: rule.isForUnattended,
    ...(rule.agent === undefined ? {} : { agent: rule.agent }),
  };
  const subject = subjectOf(call, system);
  const isMatch =
    rule.effect === 'allow'
      ? covers(rule, call, subject, system) && floorOf(call, subject, [rule], system) === undefined
      : touches(rule, call, subject, system);
  if (isMatch === isYes) return undefined;
  const said = isYes ? 'is not about' : 'is about';
  return `The rule ${quoted(rule.text, 80)} ${said} ${quoted(text, 80)}. Change the rule or the example.`;
}
