import type { CallDecision } from '../../../shared/callDecision.ts';
import type { RuleTool } from '../rules/ruleTools.ts';

/** The tool call that a request is about. */
export interface RequestPlace {
  readonly runId: string;
  /** The conversation's index in its run. */
  readonly conversation: number;
  readonly turn: number;
  readonly callId: string;
  /** The calls that lead to the nested conversation in which it is made; absent for the conversation itself. */
  readonly within?: readonly string[];
}

/** Something that the user is asked. */
export interface Question {
  readonly question: string;
  /** Answers to choose from; any other text is an answer, too. */
  readonly choices?: readonly string[];
  /** Whether several of the choices may be taken. */
  readonly multiple?: true;
}

/** What the user answers: a text; where several choices may be taken, each of those that were, and other texts. */
export type QuestionAnswer = string | readonly string[];

/** A tool call that waits for the user's decision. Plain data: it can be shown in another process. */
export interface ApprovalRequest extends RequestPlace {
  /** Names this request and no other, also where a conversation that runs again repeats the id of a call. */
  readonly id: string;
  readonly agent: string;
  readonly tool: Pick<RuleTool, 'name' | 'effect'>;
  /** The exact arguments. */
  readonly input: unknown;
  /** Why the user is asked; of a command line, what the rules say of each command. */
  readonly asked: CallDecision;
  /** What the call asks. It is answered or denied, never just allowed. */
  readonly questions?: readonly Question[];
}

/** Requests of the same tool with the same arguments and agent, in the order in which they came. */
export interface RequestGroup {
  readonly key: string;
  readonly requests: readonly ApprovalRequest[];
}

/** Equal for requests that ask for the same: tool, arguments and agent. */
export function groupKey({ tool, input, agent }: Omit<ApprovalRequest, 'id' | 'asked'>): string {
  return JSON.stringify([agent, callText(tool.name, input)]);
}

/** Equal for calls of one tool with the same arguments, in whatever order these were written. */
export function callText(tool: string, input: unknown): string {
  return `${tool} ${JSON.stringify(input, sortedFields)}`;
}

function sortedFields(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The key of a call's place. */
export function placeKey({ runId, conversation, turn, callId, within }: RequestPlace): string {
  return JSON.stringify([runId, conversation, turn, callId, within]);
}
