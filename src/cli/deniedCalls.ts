import { callText } from '../core/approvals/inbox/approvalRequest.ts';
import { exactRule } from '../core/approvals/rules/clickRule.ts';
import { decide } from '../core/approvals/rules/decide.ts';
import { parseRule } from '../core/approvals/rules/parseRule.ts';
import type { RuleCall } from '../core/approvals/rules/ruleCall.ts';
import { clipEnd } from '../core/base/text.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import { plural } from '../shared/quantities.ts';
import type { RunState } from '../shared/runState.ts';
import type { ToolCallRecord } from '../shared/toolCall.ts';
import type { CommandRules } from './commandRules.ts';
import { commandToResume } from './resumeCommand.ts';
import { terminalLine } from './terminalText.ts';

/** Calls of one tool with the same arguments that were denied, because nobody was there to ask. */
interface DeniedCalls {
  readonly call: ToolCallRecord;
  readonly agent: string;
  count: number;
  readonly conversations: Set<number>;
}

/** Whether the rules now allow a call that the conversation was denied, so that it can continue. */
export function isAllowedNow(
  conversation: ConversationState,
  agent: string,
  rules: CommandRules,
): boolean {
  return deniedOf(conversation).some((call) => {
    const ruleCall = ruleCallOf(call, agent, rules);
    return (
      ruleCall !== undefined && decide(rules.rules, ruleCall, rules.system).verdict === 'allow'
    );
  });
}

/**
 * The lines that report the calls that were denied because nobody was there to ask: each call once, with the option
 * that would allow it, then the command to resume the run. Empty when there are none. `canResume`: whether the run is
 * saved.
 */
export function deniedLines(
  { started, conversations }: RunState,
  rules: CommandRules,
  resume: { readonly baseUrl?: string | undefined; readonly canResume: boolean },
): readonly string[] {
  const groups = groupsOf(conversations, started.agent.name);
  if (groups.length === 0) return [];
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const lines = [`${plural(count, 'tool call')} denied, because nobody was there to ask:`];
  const options: string[] = [];
  for (const group of groups) {
    lines.push(`  ${describe(group)}`);
    const option = allowOption(group, rules);
    if (option !== undefined) lines.push(`    to allow: ${option}`);
    if (option !== undefined && !options.includes(option)) options.push(option);
  }
  if (options.length === 0 || !resume.canResume) return lines;
  const command = commandToResume(started.id, resume.baseUrl);
  return [...lines, `To resume the run and allow them, run: ${command} ${options.join(' ')}`];
}

function groupsOf(
  conversations: readonly ConversationState[],
  agent: string,
): readonly DeniedCalls[] {
  const groups = new Map<string, DeniedCalls>();
  for (const conversation of conversations) {
    for (const call of deniedOf(conversation)) {
      const key = callText(call.name, call.input);
      const group = groups.get(key) ?? { call, agent, count: 0, conversations: new Set() };
      groups.set(key, group);
      group.count++;
      group.conversations.add(conversation.index);
    }
  }
  return [...groups.values()];
}

/** The denied calls of a conversation, without those that ran later with the same arguments. */
function deniedOf({ phase, toolCalls }: ConversationState): readonly ToolCallRecord[] {
  if (phase === 'done') return [];
  const textOf = ({ name, input }: ToolCallRecord): string => callText(name, input);
  const made = new Set(
    toolCalls.filter((call) => call.state === 'ended' && call.wasRun).map(textOf),
  );
  return toolCalls.filter((call) => call.decision?.by.kind === 'nobody' && !made.has(textOf(call)));
}

function describe({ call, count, conversations }: DeniedCalls): string {
  const { name, input, decision } = call;
  const times = `${count} × ${terminalLine(`${name} ${clipEnd(JSON.stringify(input), 300)}`)}`;
  const where = conversations.size > 1 ? ` in ${conversations.size} conversations` : '';
  const why = decision?.by.kind === 'nobody' ? ` (${terminalLine(decision.by.why)})` : '';
  return `${times}${where}${why}`;
}

/** `--allow 'run_command(npm test)'`: allows this call and nothing else; undefined when no rule can do that. */
function allowOption({ call, agent }: DeniedCalls, rules: CommandRules): string | undefined {
  const ruleCall = ruleCallOf(call, agent, rules);
  if (ruleCall === undefined) return undefined;
  const exact = exactRule(ruleCall, rules);
  const { name, subject } = ruleCall.tool;
  // Allows all calls of a tool when rules cannot tell its calls apart.
  const text = 'rule' in exact ? exact.rule.text : subject === undefined ? `allow ${name}` : '';
  const { rule } = parseRule(text, 0, { ...rules, place: 'run' });
  if (rule === undefined) return undefined;
  // A rule that asks comes before all that allow.
  const { verdict } = decide([...rules.rules, rule], ruleCall, rules.system);
  return verdict === 'allow' ? `--allow ${shellWord(text.slice('allow '.length))}` : undefined;
}

function ruleCallOf(
  { name, input }: ToolCallRecord,
  agent: string,
  { tools }: CommandRules,
): RuleCall | undefined {
  const tool = tools.tools.find((one) => one.name === name);
  return tool && { tool, input, agent, isUnattended: true };
}

/** A text as one word of the usual shells. */
function shellWord(text: string): string {
  if (/^[\w.:/-]+$/.test(text)) return text;
  if (process.platform === 'win32') return `"${text.replaceAll('"', '""')}"`;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
