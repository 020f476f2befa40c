import type { Release } from '../base/slots.ts';
import { Slots } from '../base/slots.ts';
import type { ToolCall } from '../providers/message.ts';
import { runToolCall } from '../tools/runToolCall.ts';
import { isChange } from '../tools/toolEffect.ts';
import type { ToolCallResult } from '../tools/toolResult.ts';
import { outcomeOfKnown, recordedTool } from './callRecords.ts';
import type { ConversationContext } from './conversationContext.ts';
import { DecisionWaits } from './decisionWaits.ts';
import type { AskCall } from './team/askAgent.ts';
import { askCall } from './team/askAgent.ts';
import { refusedTransfer, transferIn } from './team/handOver.ts';
import type { TeamAgent } from './team/teamAgent.ts';

/** The turn whose calls are run. */
export interface ToolTurn {
  readonly agent: TeamAgent;
  readonly turn: number;
  readonly context: ConversationContext;
}

/** A turn whose calls are under way. */
interface OpenTurn extends ToolTurn {
  readonly waits: DecisionWaits;
  /** The call by which the turn hands the conversation over: no other one does. */
  readonly transfer: ToolCall | undefined;
  /** Takes a slot for a call that may run; absent where one runs after another. */
  readonly takeSlot?: () => Release | Promise<Release>;
}

/**
 * Runs the tool calls of one turn and returns one outcome for each, in call order. They run one after another
 * by default. They run at once if the agent says so and none of them can change anything: what changes
 * something is done in the order that the model asked for. A call that fails never keeps the others from
 * running. After an abort the remaining calls are answered without being run.
 */
export async function executeToolCalls(
  calls: readonly ToolCall[],
  at: ToolTurn,
): Promise<readonly ToolCallResult[]> {
  const transfer = transferIn(calls, at.agent.contacts);
  const open = { ...at, transfer, waits: new DecisionWaits(at.context.emit) };
  if (runAtOnce(calls, at.agent)) {
    const together = { ...open, takeSlot: slotsOf(at) };
    return Promise.all(calls.map((call) => executeToolCall(call, together)));
  }
  const outcomes: ToolCallResult[] = [];
  for (const call of calls) outcomes.push(await executeToolCall(call, open));
  return outcomes;
}

function runAtOnce(calls: readonly ToolCall[], { spec, tools, contacts }: TeamAgent): boolean {
  if (spec.toolExecution !== 'parallel') return false;
  const mayChange = [...tools.values()].some(({ effect }) => isChange(effect));
  // An agent that is asked has no tool that the one that asks has not.
  return !calls.some(({ name }) =>
    contacts.get(name)?.kind === 'ask' ? mayChange : isChange(tools.get(name)?.effect ?? 'pure'),
  );
}

/** Slots of the turn, and of all conversations of the process. */
function slotsOf({ agent, context }: ToolTurn): () => Release | Promise<Release> {
  const { parallelTools, toolsInFlight } = agent.spec.limits;
  const { signal, toolSlots } = context;
  const ofTurn = new Slots();
  return () => {
    const own = ofTurn.take(parallelTools, signal);
    if (toolSlots === undefined) return own;
    if (own instanceof Promise) return own.then((release) => both(release));
    return both(own);
  };

  function both(own: Release): Release | Promise<Release> {
    const releaseBoth = (shared: Release): Release => {
      return () => {
        shared();
        own();
      };
    };
    const shared = toolSlots?.take(toolsInFlight, signal);
    if (!(shared instanceof Promise)) return releaseBoth(shared ?? (() => undefined));
    return shared.then(releaseBoth, (thrown: unknown) => {
      own();
      throw thrown;
    });
  }
}

async function executeToolCall(call: ToolCall, at: OpenTurn): Promise<ToolCallResult> {
  const { agent, turn, context, waits } = at;
  const { signal, emit } = context;
  const { callId, name } = call;
  const known = context.lastTurn?.calls.get(callId);
  if (known?.kind === 'ended') {
    const { content, isError } = known;
    return { callId, name, content, isError, wasRun: true };
  }
  if (signal.aborted) {
    const content = 'Not run: the conversation was ended.';
    return { callId, name, content, isError: true, wasRun: false };
  }
  const effect = agent.tools.get(name)?.effect;
  const { whole, wholeBytes, ...outcome } =
    outcomeOfKnown(call, known, effect) ?? (await takeCall(call, at));
  if (whole !== undefined) context.keepOutput?.({ turn, callId, name, text: whole });
  const { content: output, isError, wasRun } = outcome;
  const notRun = wasRun ? {} : { wasRun: false as const };
  const clipped = wholeBytes === undefined ? {} : { wholeBytes };
  emit({ type: 'tool.finished', turn, callId, name, output, isError, ...notRun, ...clipped });
  waits.ended(callId);
  return outcome;
}

/** Nothing happens in a nested conversation after the call that it belongs to has ended. */
async function takeCall(call: ToolCall, at: OpenTurn): Promise<ToolCallResult> {
  const { agent, turn, context } = at;
  const contact = agent.contacts.get(call.name);
  if (contact?.kind !== 'ask') return makeCall(call, at);
  const asking = askCall({ agent, contact, turn, call, context });
  const result = await makeCall(call, at, asking);
  await asking.ended();
  return result;
}

/** The tools of the turn, as they are for this call. */
function toolsFor(call: ToolCall, { agent, turn, context, transfer }: OpenTurn, asking?: AskCall) {
  const { tools, contacts } = agent;
  const { callJournal } = context;
  const tool = tools.get(call.name);
  if (tool === undefined) return tools;
  if (asking !== undefined) return new Map(tools).set(tool.name, asking.tool);
  if (contacts.get(call.name)?.kind === 'transfer' && call !== transfer)
    return new Map(tools).set(tool.name, refusedTransfer(tool, transfer?.name ?? ''));
  if (callJournal === undefined || !isChange(tool.effect)) return tools;
  return new Map(tools).set(tool.name, recordedTool(tool, { turn, call }, callJournal));
}

function makeCall(call: ToolCall, at: OpenTurn, asking?: AskCall): Promise<ToolCallResult> {
  const { agent, turn, context, waits, takeSlot } = at;
  const { signal, hideKeys, toolGate, emit } = context;
  const { callId, name, input } = call;
  const tools = toolsFor(call, at, asking);
  const { limits } = agent.spec;
  const caller = { agent: agent.spec.name, path: agent.path, within: [] };
  // A nested conversation takes slots of its own for its calls: holding one meanwhile could block them all.
  const needsSlot = takeSlot !== undefined && asking === undefined;
  return runToolCall(call, tools, {
    signal,
    defaultTimeoutMs: limits.toolTimeoutMs,
    maxOutputChars: limits.maxToolOutput,
    maxKeptBytes: limits.maxToolOutputKept,
    ...(hideKeys === undefined ? {} : { hideKeys }),
    ...(toolGate === undefined ? {} : { gate: toolGate(turn, caller) }),
    ...(needsSlot ? { takeSlot } : {}),
    progress: {
      waiting: () => {
        emit({ type: 'tool.waiting', turn, callId, name });
        waits.waiting(callId);
      },
      checked: () => {
        emit({ type: 'tool.checked', turn, callId, name });
        waits.decided(callId);
      },
      started: () => {
        emit({ type: 'tool.started', turn, callId, name, input });
        waits.started(callId);
      },
    },
  });
}
