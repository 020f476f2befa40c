import type { ConversationStep } from '../../../shared/conversationEvents.ts';
import { limitWordsOf } from '../../../shared/limitWords.ts';
import { callKey } from '../../../shared/span.ts';
import type { ToolCall } from '../../providers/message.ts';
import type { Tool, ToolContext } from '../../tools/tool.ts';
import { ToolError } from '../../tools/tool.ts';
import type { CallJournal } from '../callRecords.ts';
import type { ConversationContext } from '../conversationContext.ts';
import type { Ending } from '../nextStep.ts';
import type { FinalText } from '../progress.ts';
import { nobodyToAsk } from '../unattendedDenials.ts';
import type { Contact } from './contact.ts';
import type { AskInput } from './contactTools.ts';
import type { TeamAgent } from './teamAgent.ts';

/** The call by which an agent asks another one. */
export interface Asking {
  readonly agent: TeamAgent;
  readonly contact: Contact;
  readonly turn: number;
  readonly call: ToolCall;
  readonly context: ConversationContext;
}

/** A call of an `ask_…` tool. */
export interface AskCall {
  /** The tool, for this call only. */
  readonly tool: Tool;
  /**
   * Resolves when the nested conversation is over; at once when there was none. A call that is given up has an
   * outcome before.
   */
  ended(): Promise<void>;
  /** Whether the user denied a call in it, and ended the conversation with that. */
  isDenied(): boolean;
}

/** Makes the tool of a contact work for one call: it holds a nested conversation and gives its answer. */
export function askCall(asking: Asking): AskCall {
  let nested: Promise<unknown> = Promise.resolve();
  let reason: Ending['reason'] | undefined;
  return {
    tool: {
      ...asking.contact.tool,
      execute: (input, toolContext) => {
        const answering = ask(asking, input as AskInput, toolContext).then((ending) => {
          reason = ending.reason;
          return answerOf(ending, asking.contact.to);
        });
        nested = answering.catch(() => undefined);
        return answering;
      },
    },
    ended: () => nested.then(() => undefined),
    isDenied: () => reason === 'denied',
  };
}

async function ask(
  { agent, contact, turn, call, context }: Asking,
  { task }: AskInput,
  toolContext: ToolContext,
): Promise<Ending & FinalText> {
  // Its own limits end it.
  toolContext.pauseTime();
  const asked = agent.reach(contact);
  const { callId } = call;
  context.emit({ type: 'agent.asked', turn, callId, by: asked.answerer, prompt: task });
  const nested = nestedContext(context, { turn, callId, signal: toolContext.signal });
  const started = { ...nested, ...nested.serve(asked) };
  return asked.run([{ role: 'user', text: task }], started);
}

/** The surroundings of a nested conversation: those of the one around it, which hears of every step. */
function nestedContext(
  outer: ConversationContext,
  at: { readonly turn: number; readonly callId: string; readonly signal: AbortSignal },
): ConversationContext {
  const { signal, turn, callId } = at;
  const key = callKey(at);
  const { toolGate, keepOutput, callJournal, keepProposal: _, lastTurn: __, ...shared } = outer;
  const emit = (step: ConversationStep): void =>
    outer.emit({ ...step, within: [key, ...(step.within ?? [])] });
  return {
    ...shared,
    ...{ signal, emit, outerCallId: callId },
    // If it is interrupted it starts anew: only its answer is kept, as the result of the call.
    record: () => undefined,
    serve: (agent, within = []) => outer.serve(agent, [key, ...within]),
    ...(toolGate === undefined
      ? {}
      : {
          toolGate: (nestedTurn, caller) =>
            toolGate(nestedTurn, { ...caller, within: [key, ...caller.within] }),
        }),
    ...(keepOutput === undefined
      ? {}
      : {
          keepOutput: (output) =>
            keepOutput({ ...output, turn, callId: nestedId(callId, output.callId) }),
        }),
    ...(callJournal === undefined ? {} : { callJournal: nestedJournal(callJournal, turn, callId) }),
  };
}

/** Records calls of a nested conversation as parts of the call that it belongs to. */
function nestedJournal(outer: CallJournal, turn: number, outerId: string): CallJournal {
  const within = (call: ToolCall): ToolCall => ({
    ...call,
    callId: nestedId(outerId, call.callId),
  });
  return {
    begin: (_, call) => outer.begin(turn, within(call)),
    end: (_, call, key, result) => outer.end(turn, within(call), key, result),
  };
}

/** No call id has a slash. */
function nestedId(outer: string, inner: string): string {
  return `${outer}/${inner}`;
}

/** The nested conversation's answer. Throws a `ToolError` where there is none. */
function answerOf(ending: Ending & FinalText, name: string): string {
  const { status, reason, answer, error } = ending;
  if (status === 'done') return answer;
  const why =
    status === 'failed'
      ? `failed: ${error?.message ?? reason}`
      : `was stopped: ${limitWordsOf(ending) ?? reason}`;
  // The run may be resumed when the calls are allowed, as if they were the conversation's own.
  if (reason === 'needs_approval')
    throw new ToolError(`${nobodyToAsk}\n\nThe agent "${name}" wanted to make such a call.`);
  const soFar = answer.trim() === '' ? '' : `\n\nWhat it had said so far:\n${answer}`;
  throw new ToolError(`The agent "${name}" gave no answer; it ${why}.${soFar}`);
}
