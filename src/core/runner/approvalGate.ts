import type { CallDecision } from '../../shared/callDecision.ts';
import type { DecidedCall } from '../../shared/conversationEvents.ts';
import { nobodyToAsk } from '../agent/unattendedDenials.ts';
import type { Question } from '../approvals/inbox/approvalRequest.ts';
import { restoreHidden } from '../approvals/inbox/hiddenValues.ts';
import type { Inbox } from '../approvals/inbox/inbox.ts';
import type { Answer } from '../approvals/inbox/inboxDecision.ts';
import type { ChangedCall } from '../approvals/inbox/pendingRequest.ts';
import { decide } from '../approvals/rules/decide.ts';
import type { Decision } from '../approvals/rules/decision.ts';
import { denialText, describeDecision } from '../approvals/rules/describeDecision.ts';
import type { Rule } from '../approvals/rules/rule.ts';
import type { Lead, RuleCall } from '../approvals/rules/ruleCall.ts';
import { ruleToolOf } from '../approvals/rules/ruleTools.ts';
import type { RunRules } from '../approvals/runRules.ts';
import type { CheckedCall } from '../tools/checkCall.ts';
import type { Tool } from '../tools/tool.ts';
import type {
  CallPermission,
  GateAsking,
  GateDecision,
  ToolCaller,
  ToolGate,
} from '../tools/toolGate.ts';

/** The conversation whose calls are decided, and who decides. */
export interface GateOptions {
  readonly rules: RunRules;
  readonly runId: string;
  readonly conversation: number;
  /** The agent that makes the calls. */
  readonly caller: ToolCaller;
  readonly inbox: Inbox;
  readonly hideKeys: (input: unknown) => unknown;
  readonly onDecided: (decision: CallDecision, calls: readonly DecidedCall[]) => void;
}

/** The gate of one turn's calls: the rules decide, and where they ask, the user. */
export function approvalGate(options: GateOptions, turn: number): ToolGate {
  return (checked, asking) => {
    if (!isSame(checked.tool)) return { kind: 'deny', reason: changedTool };
    const call = ruleCallOf(checked.tool, checked.input, options);
    const looked = withLeads(call, options);
    if (looked === undefined) return decideCall(checked, call, { options, turn, asking });
    return looked.then((known) => decideCall(checked, known, { options, turn, asking }));
  };
}

interface At {
  readonly options: GateOptions;
  readonly turn: number;
  readonly asking: GateAsking;
}

function decideCall(
  checked: CheckedCall,
  call: RuleCall,
  at: At,
): GateDecision | Promise<GateDecision> {
  const { options } = at;
  const decision = askedOf(checked, decide(rulesOf(options), call, options.rules.system));
  switch (decision.verdict) {
    case 'allow':
      if (decision.by.kind === 'default') return allowed;
      return {
        ...{ kind: 'allow', decision: describeDecision(decision) },
        ...rulesForMore(checked.tool, options),
      };
    case 'deny':
      return {
        ...{ kind: 'deny', reason: denialText(decision) },
        decision: describeDecision(decision),
      };
    case 'ask':
      return isAsked(checked, options)
        ? ask(checked, call, decision, at)
        : deniedUnasked(decision, checked);
  }
}

/** Whether somebody is there to decide on a call, or to answer what it asks. */
function isAsked({ tool }: CheckedCall, { rules }: GateOptions): boolean {
  return !rules.isUnattended || (rules.canAnswer === true && tool.questionsIn !== undefined);
}

const changedTool =
  'Not allowed: the tool is not what it was when this conversation was told of it.';

function isSame({ isUnchanged }: Tool): boolean {
  return isUnchanged?.() !== false;
}

const allowed: GateDecision = { kind: 'allow' };

function rulesOf({ rules, inbox, runId, conversation }: GateOptions): readonly Rule[] {
  return [...rules.current(), ...inbox.rulesOf({ runId, conversation })];
}

/** A question waits for its answer, whatever allows the call. */
function askedOf({ tool }: CheckedCall, decision: Decision): Decision {
  if (tool.questionsIn === undefined || decision.verdict === 'deny') return decision;
  return { verdict: 'ask', by: { kind: 'default', why: 'The model asks a question.' }, parts: [] };
}

/** A tool that asks other machines may be sent on by them: the rules then hold for each address on the way. */
function rulesForMore(tool: Tool, options: GateOptions): Pick<CallPermission, 'forTool'> {
  if (tool.effect !== 'network') return {};
  const { system } = options.rules;
  return {
    forTool: {
      rulesSay: (input, addresses) =>
        decide(rulesOf(options), { ...ruleCallOf(tool, input, options), addresses }, system),
    },
  };
}

const nobodyToAnswer =
  'Nobody is there to answer. Decide yourself, and say in your answer what you assumed.';

function deniedUnasked(decision: Decision, { tool }: CheckedCall): GateDecision {
  if (tool.questionsIn !== undefined) {
    const by = { kind: 'default', why: 'Nobody is there to answer.' } as const;
    return { kind: 'deny', reason: nobodyToAnswer, decision: { verdict: 'deny', by } };
  }
  const { by, ...rest } = describeDecision(decision);
  const why = by.kind === 'rule' ? `The rule "${by.rule}" asks.` : 'why' in by ? by.why : '';
  return {
    ...{ kind: 'deny', reason: nobodyToAsk },
    decision: { ...rest, verdict: 'deny', by: { kind: 'nobody', why } },
  };
}

async function ask(
  { call: { callId }, tool, input }: CheckedCall,
  call: RuleCall,
  decision: Decision,
  { options, turn, asking }: At,
): Promise<GateDecision> {
  const { rules, runId, conversation, caller, inbox, onDecided } = options;
  const { agent, within } = caller;
  // What is shown is what will run, whatever becomes of the call's own arguments meanwhile.
  const asked = structuredClone(input);
  const asksFor = describeDecision(decision);
  const answering = inbox.ask(
    {
      request: {
        ...{ runId, conversation, turn, callId, agent, tool: call.tool },
        ...(within.length === 0 ? {} : { within }),
        input: options.hideKeys(structuredClone(asked)),
        asked: asksFor,
        ...questionsOf(tool, asked, options),
      },
      call: { ...call, input: asked },
      rules: rules.current,
      system: rules.system,
      tools: rules.tools,
      isSameTool: () => isSame(tool),
      withInput: async (changed) => {
        // Whoever has the request may change its plain data: what was shown is made anew.
        const restored = restoreHidden(changed, options.hideKeys(structuredClone(asked)), asked);
        return 'problem' in restored ? restored : changedCall(tool, restored.input, options);
      },
      onDecided,
    },
    asking.signal,
  );
  asking.waiting(asksFor);
  const answer = gateDecision(await answering, tool, asked);
  return answer.kind === 'allow' ? { ...answer, ...rulesForMore(tool, options) } : answer;
}

function questionsOf(
  tool: Tool,
  input: unknown,
  { hideKeys }: GateOptions,
): { readonly questions?: readonly Question[] } {
  const questions = tool.questionsIn?.(input);
  // What is shown is without keys; the shape stays.
  return questions === undefined ? {} : { questions: hideKeys(questions) as readonly Question[] };
}

function gateDecision(answer: Answer, tool: Tool, asked: unknown): GateDecision {
  const { decision } = answer;
  if (answer.kind === 'deny') {
    const { reason, ends } = answer;
    return { kind: 'deny', reason, decision, ...(ends === undefined ? {} : { ends }) };
  }
  const { changed, answers } = answer;
  const given = answers === undefined ? {} : { forTool: { answers } };
  if (changed === undefined) return { kind: 'allow', decision, input: asked, ...given };
  const check = tool.check(changed.input);
  if (!check.ok) return { kind: 'deny', reason: check.problems.join('\n'), decision };
  return { kind: 'allow', decision, input: check.value, changed };
}

async function changedCall(
  tool: Tool,
  input: unknown,
  options: GateOptions,
): Promise<ChangedCall | { readonly problem: string }> {
  const check = tool.check(input);
  if (!check.ok) return { problem: check.problems.join('\n') };
  const call = ruleCallOf(tool, check.value, options);
  return { call: (await withLeads(call, options)) ?? call, input };
}

function ruleCallOf(
  tool: Tool,
  input: unknown,
  { caller: { agent }, rules }: Pick<GateOptions, 'caller' | 'rules'>,
): RuleCall {
  return { tool: ruleToolOf(tool), input, agent, isUnattended: rules.isUnattended };
}

/** The call with where its paths lead; undefined where that changes nothing. */
function withLeads(call: RuleCall, options: GateOptions): Promise<RuleCall> | undefined {
  const { leadOf } = options.rules;
  const { subject } = call.tool;
  if (leadOf === undefined || subject?.kind !== 'path') return undefined;
  const { input } = call;
  const names = [subject.argument, ...(subject.others ?? [])];
  const paths = names.flatMap((name): [string, string][] => {
    const value = (input as { readonly [name: string]: unknown } | null)?.[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  if (call.tool.effect === 'read' && !needsLeads(paths, call, options)) return undefined;
  return lookUp(paths, leadOf).then((leads) => {
    const { [subject.argument]: leadsTo, ...othersLeadTo } = leads;
    return { ...call, othersLeadTo, ...(leadsTo === undefined ? {} : { leadsTo }) };
  });
}

/** Reading tools follow links themselves, and keep to the workspace: only rules about paths need to know. */
function needsLeads(
  paths: readonly (readonly [string, string])[],
  { tool }: RuleCall,
  options: GateOptions,
): boolean {
  if (paths.some(([, text]) => /^(?:[/\\]|[A-Za-z]:)/.test(text))) return true;
  return rulesOf(options).some((rule) => rule.tool === tool.name && rule.specifier !== undefined);
}

async function lookUp(
  paths: readonly (readonly [string, string])[],
  leadOf: (path: string) => Promise<Lead>,
): Promise<{ readonly [name: string]: Lead }> {
  const leads = await Promise.all(paths.map(async ([name, text]) => [name, await leadOf(text)]));
  return Object.fromEntries(leads);
}
