import { callText } from '../core/approvals/inbox/approvalRequest.ts';
import { exactRule } from '../core/approvals/rules/clickRule.ts';
import { decide } from '../core/approvals/rules/decide.ts';
import { parseRule } from '../core/approvals/rules/parseRule.ts';
import type { RuleCall } from '../core/approvals/rules/ruleCall.ts';
import { clipEnd } from '../core/base/text.ts';
import { deciderWords } from '../shared/callDecision.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import { plural } from '../shared/quantities.ts';
import type { RunState } from '../shared/runState.ts';
import type { ToolCallRecord } from '../shared/toolCall.ts';
import type { CommandRules } from './commandRules.ts';
import { commandToResume } from './resumeCommand.ts';
import { terminalLine } from './terminalText.ts';

/** A call that was denied, and the agent that made it. Rules may be for one agent only. */
interface DeniedCall {
  readonly call: ToolCallRecord;
  readonly agent: string;
}

/** Equal calls of one agent that were denied for the same reason. */
interface DeniedCalls extends DeniedCall {
  count: number;
  readonly conversations: Set<number>;
}

/** Whether the rules now allow a call that the conversation was denied, so that it can continue. */
export function isAllowedNow(
  conversation: ConversationState,
  defaultAgent: string,
  rules: CommandRules,
): boolean {
  return deniedUnasked(conversation, defaultAgent).some((denied) => {
    const ruleCall = ruleCallOf(denied, rules);
    return (
      ruleCall !== undefined && decide(rules.rules, ruleCall, rules.system).verdict === 'allow'
    );
  });
}

/**
 * The lines that report the calls that were denied: each call once, with the option that would allow it. First those
 * that nobody was there to decide on, with the command to resume the run, then those that rules denied. Empty when
 * there are none. `canResume`: whether the run is saved.
 */
export function deniedLines(
  state: RunState,
  rules: CommandRules,
  resume: { readonly baseUrl?: string | undefined; readonly canResume: boolean },
): readonly string[] {
  return [...unaskedLines(state, rules, resume), ...refusedLines(state, rules)];
}

function unaskedLines(
  state: RunState,
  rules: CommandRules,
  resume: Parameters<typeof deniedLines>[2],
): readonly string[] {
  const groups = groupsOf(state, deniedUnasked);
  if (groups.length === 0) return [];
  const lines = [
    `${plural(countOf(groups), 'tool call')} denied, because nobody was there to ask:`,
  ];
  const options: string[] = [];
  for (const group of groups) {
    lines.push(`  ${describe(group, state)}`);
    const option = allowOption(group, rules);
    lines.push(`    ${option === undefined ? notAllowable : `to allow: ${option}`}`);
    if (option !== undefined && !options.includes(option)) options.push(option);
  }
  if (options.length === 0 || !resume.canResume) return lines;
  const command = commandToResume(state.started.id, resume.baseUrl);
  return [...lines, `To resume the run and allow them, run: ${command} ${options.join(' ')}`];
}

const notAllowable = 'no --allow opens this: change the rule that asks, or the call';

/** Calls that rules denied can be many, and the model was told of them: the first ones say enough. */
const maxRefusedShown = 20;

function refusedLines(state: RunState, rules: CommandRules): readonly string[] {
  const groups = groupsOf(state, refusedByRules);
  if (groups.length === 0) return [];
  const lines = [`${plural(countOf(groups), 'tool call')} denied by rules:`];
  for (const group of groups.slice(0, maxRefusedShown)) {
    lines.push(`  ${describe(group, state)}`);
    const option = allowOption(group, rules);
    if (option !== undefined) lines.push(`    to allow in another run: ${option}`);
  }
  const more = groups.length - maxRefusedShown;
  return more > 0 ? [...lines, `  and ${plural(more, 'other call')}; the log names them`] : lines;
}

function countOf(groups: readonly DeniedCalls[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}

function groupsOf(
  { conversations, started }: RunState,
  deniedIn: (conversation: ConversationState, defaultAgent: string) => readonly DeniedCall[],
): readonly DeniedCalls[] {
  const groups = new Map<string, DeniedCalls>();
  for (const conversation of conversations) {
    for (const { call, agent } of deniedIn(conversation, started.agent.name)) {
      const key = JSON.stringify([agent, callText(call.name, call.input), call.decision?.by]);
      const group = groups.get(key) ?? { call, agent, count: 0, conversations: new Set() };
      groups.set(key, group);
      group.count++;
      group.conversations.add(conversation.index);
    }
  }
  return [...groups.values()];
}

/**
 * The calls that a conversation and those nested in it were denied because nobody was there to ask, without those
 * that ran later with the same arguments.
 */
function deniedUnasked(
  conversation: ConversationState,
  defaultAgent: string,
): readonly DeniedCall[] {
  if (conversation.phase === 'done') return [];
  const all = callsIn(conversation, defaultAgent);
  const textOf = ({ call, agent }: DeniedCall): string =>
    JSON.stringify([agent, callText(call.name, call.input)]);
  const made = new Set(all.filter(({ call }) => call.state === 'ended' && call.wasRun).map(textOf));
  return all.filter((one) => one.call.decision?.by.kind === 'nobody' && !made.has(textOf(one)));
}

/** The calls that a rule, or what no rule opens, denied. */
function refusedByRules(
  conversation: ConversationState,
  defaultAgent: string,
): readonly DeniedCall[] {
  return callsIn(conversation, defaultAgent).filter(({ call: { decision } }) => {
    const kind = decision?.by.kind;
    return decision?.verdict === 'deny' && (kind === 'rule' || kind === 'floor');
  });
}

/** All calls of a conversation and of those nested in it, each with the agent that made it. */
function callsIn(state: ConversationState, defaultAgent: string): readonly DeniedCall[] {
  const { turns, toolCalls, asked = [], agentName = defaultAgent } = state;
  const agents = new Map(turns.map(({ turn, by }) => [turn, by.agent]));
  const own = toolCalls.map((call) => ({ call, agent: agents.get(call.turn) ?? agentName }));
  return [...own, ...asked.flatMap((one) => callsIn(one.state, defaultAgent))];
}

function describe(
  { call, agent, count, conversations }: DeniedCalls,
  { started }: RunState,
): string {
  const { name, input, decision } = call;
  const times = `${count} × ${terminalLine(`${name} ${clipEnd(JSON.stringify(input), 300)}`)}`;
  const by = agent === started.agent.name ? '' : ` by the agent "${terminalLine(agent)}"`;
  const where = conversations.size > 1 ? ` in ${conversations.size} conversations` : '';
  const decider = decision?.by;
  if (decider === undefined) return `${times}${by}${where}`;
  const why = decider.kind === 'nobody' ? decider.why : deciderWords(decider);
  return `${times}${by}${where} (${terminalLine(why)})`;
}

/** `--allow 'run_command(npm test)'`: allows this call and nothing else; undefined when no rule can do that. */
function allowOption(denied: DeniedCall, rules: CommandRules): string | undefined {
  const ruleCall = ruleCallOf(denied, rules);
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
  { call: { name, input }, agent }: DeniedCall,
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
