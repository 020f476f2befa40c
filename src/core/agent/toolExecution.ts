import { knownCallOf } from '../../shared/lastTurn.ts';
import type { Release } from '../base/slots.ts';
import { Slots } from '../base/slots.ts';
import { isChange } from '../base/toolEffect.ts';
import type { OverlayChange } from '../proposals/overlay.ts';
import type { ToolCall } from '../providers/message.ts';
import type { AskedToolCall } from '../tools/runToolCall.ts';
import { askToolCall } from '../tools/runToolCall.ts';
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

/** A call that is decided on, or about to be. */
interface BegunCall {
  readonly callId: string;
  /** Runs it if it may run. */
  finish(): Promise<ToolCallResult>;
  /** It is not run, because the conversation ended before. */
  leave(): ToolCallResult;
}

/**
 * Runs the tool calls of one turn and returns their outcomes in call order. The gate is asked about all of them
 * at once. The calls run one after another by default. They run in parallel if the agent's spec says so and none
 * of them can change anything, because changes must happen in the order that the model asked for. A failed call
 * does not stop the others. After an abort, or after a denial that ends the conversation, the remaining calls get
 * an outcome without being run.
 */
export async function executeToolCalls(
  calls: readonly ToolCall[],
  at: ToolTurn,
): Promise<readonly ToolCallResult[]> {
  const transfer = transferIn(calls, at.agent.contacts);
  const waits = new DecisionWaits(at.context.emit);
  const isParallel = runAtOnce(calls, at.agent);
  const open = { ...at, transfer, waits, ...(isParallel ? { takeSlot: slotsOf(at) } : {}) };
  const begun = waits.whileAsking(() => calls.map((call) => beginCall(call, open)));
  if (isParallel) {
    const ending = Promise.all(begun.map((call) => call.finish()));
    waits.tell();
    return ending;
  }
  const outcomes: ToolCallResult[] = [];
  for (const call of begun) {
    const hasEnded = outcomes.some(({ ends }) => ends === true);
    if (!hasEnded) waits.next(call.callId);
    outcomes.push(hasEnded ? call.leave() : await call.finish());
  }
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

function beginCall(call: ToolCall, at: OpenTurn): BegunCall {
  const { agent, context } = at;
  const { callId, name } = call;
  const known = knownCallOf(context.lastTurn, at.turn, callId);
  if (known?.kind === 'ended') {
    const { content, isError } = known;
    const outcome = { callId, name, content, isError, wasRun: true };
    return { callId, finish: async () => outcome, leave: () => outcome };
  }
  const tool = agent.tools.get(name);
  // A proposal can be made again: nothing outside has come of it.
  const effect = tool?.isProposal ? 'read' : tool?.effect;
  const outcome = outcomeOfKnown(call, known, effect);
  const asked = outcome === undefined ? askCallOf(call, at) : undefined;
  return {
    callId,
    finish: async () => {
      // Asked about before; it may have waited for others since.
      if (context.signal.aborted) return notMade(call);
      return ended(call, outcome ?? (await asked?.finish()) ?? notMade(call), at);
    },
    leave: () => ended(call, outcome ?? notMade(call), at),
  };
}

function notMade({ callId, name }: ToolCall): ToolCallResult {
  const content = 'Not run: the conversation was ended.';
  return { callId, name, content, isError: true, wasRun: false };
}

function ended({ callId, name }: ToolCall, result: ToolCallResult, at: OpenTurn): ToolCallResult {
  const { turn, context, waits } = at;
  const { whole, wholeBytes, content: output, isError, wasRun, decision } = result;
  if (whole !== undefined) context.keepOutput?.({ turn, callId, name, text: whole });
  const proposed = keptSteps(callId, at);
  context.emit({
    type: 'tool.finished',
    turn,
    callId,
    name,
    output,
    isError,
    ...(wasRun ? undefined : { wasRun: false }),
    ...(decision === undefined ? undefined : { decision }),
    ...(wholeBytes === undefined ? undefined : { wholeBytes }),
    ...(proposed === undefined ? undefined : { proposed }),
  });
  waits.ended(callId);
  return result;
}

/** What a call did to the proposals, once it is kept. */
function keptSteps(
  callId: string,
  { turn, context }: OpenTurn,
): OverlayChange['steps'] | undefined {
  const { overlay, outerCallId } = context;
  if (outerCallId !== undefined) {
    overlay?.moveChange(callId, outerCallId);
    return undefined;
  }
  const change = overlay?.takeChange(callId);
  if (change === undefined) return undefined;
  const { steps, ...kept } = change;
  context.keepProposal?.({ turn, callId, ...kept });
  return steps.length === 0 ? undefined : steps;
}

/** Nothing happens in a nested conversation after the call that it belongs to has ended. */
function askCallOf(call: ToolCall, at: OpenTurn): AskedToolCall {
  const { agent, turn, context } = at;
  const contact = agent.contacts.get(call.name);
  if (contact?.kind !== 'ask') return makeCall(call, at);
  const asking = askCall({ agent, contact, turn, call, context });
  const asked = makeCall(call, at, asking);
  return {
    finish: async () => {
      const result = await asked.finish();
      await asking.ended();
      return asking.isDenied() ? { ...result, ends: true } : result;
    },
  };
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
  if (callJournal === undefined || !isChange(tool.effect) || tool.isProposal) return tools;
  return new Map(tools).set(tool.name, recordedTool(tool, { turn, call }, callJournal));
}

function makeCall(call: ToolCall, at: OpenTurn, asking?: AskCall): AskedToolCall {
  const { agent, turn, context, waits, takeSlot } = at;
  const { signal, hideKeys, overlay, toolGate, emit } = context;
  const { callId, name } = call;
  const tools = toolsFor(call, at, asking);
  const { limits } = agent.spec;
  const caller = { agent: agent.spec.name, path: agent.path, within: [] };
  // A nested conversation takes slots of its own for its calls: holding one meanwhile could block them all.
  const needsSlot = takeSlot !== undefined && asking === undefined;
  return askToolCall(call, tools, {
    signal,
    defaultTimeoutMs: limits.toolTimeoutMs,
    maxOutputChars: limits.maxToolOutput,
    maxSavedBytes: limits.maxToolOutputSaved,
    hideKeys,
    overlay,
    gate: toolGate?.(turn, caller),
    takeSlot: needsSlot ? takeSlot : undefined,
    progress: {
      waiting: (decision) => {
        emit({ type: 'tool.waiting', turn, callId, name, decision });
        waits.waiting(callId);
      },
      decided: () => waits.decided(callId),
      checked: () => {
        emit({ type: 'tool.checked', turn, callId, name });
        waits.decided(callId);
      },
      started: (input, decision) => {
        const step = { type: 'tool.started', turn, callId, name, input } as const;
        emit(decision === undefined ? step : { ...step, decision });
        waits.started(callId);
      },
    },
  });
}
