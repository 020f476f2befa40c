import { clipMiddle } from '../../base/text.ts';
import type { HandOver, Message, ToolCall, ToolOutcome } from '../../providers/message.ts';
import type { Tool } from '../../tools/tool.ts';
import { ToolError } from '../../tools/tool.ts';
import type { Contact } from './contact.ts';
import type { TransferInput } from './contactTools.ts';
import { sentMessages } from './sentMessages.ts';

/** A hand-over that a turn's calls have led to. */
export interface DecidedHandOver {
  readonly contact: Contact;
  readonly callId: string;
  readonly handOver: HandOver;
}

/** What a hand-over is made of. */
export interface HandingOver {
  readonly from: string;
  readonly contacts: ReadonlyMap<string, Contact>;
  /** All messages so far, without the results of this turn. */
  readonly history: readonly Message[];
  /** UTF-16 units of what is passed on besides the prompt and the note. */
  readonly maxPassedOn: number;
}

/** The call by which a turn hands over: the first one counts. */
export function transferIn(
  calls: readonly ToolCall[],
  contacts: ReadonlyMap<string, Contact>,
): ToolCall | undefined {
  return calls.find(({ name }) => contacts.get(name)?.kind === 'transfer');
}

/** The tool of a call that asks for another hand-over in the same turn. */
export function refusedTransfer(tool: Tool, first: string): Tool {
  return {
    ...tool,
    execute: () => {
      throw new ToolError(`Not done: the same turn asked for ${first} first.`);
    },
  };
}

/** The hand-over that the calls of a turn come to, from their outcomes alone; undefined without one. */
export function handOverOf(
  calls: readonly ToolCall[],
  outcomes: readonly ToolOutcome[],
  handing: HandingOver,
): DecidedHandOver | undefined {
  const call = transferIn(calls, handing.contacts);
  const contact = call && handing.contacts.get(call.name);
  const outcome = outcomes.find(({ callId }) => callId === call?.callId);
  if (call === undefined || contact === undefined || outcome?.isError !== false) return undefined;
  const check = contact.tool.check(call.input);
  if (!check.ok) return undefined;
  const history = [...handing.history, { role: 'tool', outcomes } as const];
  const task = taskOf(check.value as TransferInput, contact, { ...handing, history });
  return { contact, callId: call.callId, handOver: { agent: contact.to, task } };
}

/**
 * The first message of the agent that takes over. It is text, whatever was said before: the parts of a turn that
 * only its own provider and model understand never reach another one.
 */
function taskOf(
  { note, results = [], history: isWhole = false }: TransferInput,
  { prompt }: Contact,
  { from, history, maxPassedOn }: HandingOver,
): string {
  const [first] = history;
  const asked = first?.role === 'user' ? first.text : '';
  const said = sentMessages(history);
  const passedOn = isWhole ? wholeOf(said.slice(1)) : resultsOf(said, new Set(results));
  return [
    asked,
    `---\nThe agent "${from}" has handed this over to you. You give the answer. It wrote:`,
    ...(prompt === undefined ? [] : [prompt]),
    note,
    ...(passedOn === '' ? [] : [`---\n${clipMiddle(passedOn, maxPassedOn)}`]),
  ].join('\n\n');
}

function resultsOf(messages: readonly Message[], names: ReadonlySet<string>): string {
  return outcomesIn(messages, ({ name }) => names.has(name)).join('\n\n');
}

function wholeOf(messages: readonly Message[]): string {
  const inputs = new LastInputs();
  const said = messages.flatMap((message): readonly string[] => {
    inputs.follow(message);
    if (message.role === 'tool')
      return message.outcomes.map((outcome) => outcomeText(outcome, inputs));
    const speaker = message.role === 'user' ? 'User' : 'Agent';
    return message.text.trim() === '' ? [] : [`${speaker}: ${message.text}`];
  });
  return ['What was said and done before:', ...said].join('\n\n');
}

function outcomesIn(
  messages: readonly Message[],
  isShown: (outcome: ToolOutcome) => boolean,
): readonly string[] {
  const inputs = new LastInputs();
  return messages.flatMap((message) => {
    inputs.follow(message);
    if (message.role !== 'tool') return [];
    return message.outcomes.filter(isShown).map((outcome) => outcomeText(outcome, inputs));
  });
}

/** The inputs of the last turn's calls. An id may have been used in an earlier turn, too. */
class LastInputs {
  #inputs: ReadonlyMap<string, unknown> = new Map();

  follow(message: Message): void {
    if (message.role !== 'assistant') return;
    this.#inputs = new Map(message.toolCalls.map(({ callId, input }) => [callId, input]));
  }

  get(callId: string): unknown {
    return this.#inputs.get(callId);
  }
}

function outcomeText({ callId, name, content, isError }: ToolOutcome, inputs: LastInputs): string {
  const input = JSON.stringify(inputs.get(callId)) ?? '';
  return `${isError ? 'Error' : 'Result'} of ${name} ${input}:\n${content}`;
}
