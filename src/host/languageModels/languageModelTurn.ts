import * as vscode from 'vscode';
import { abortable } from '../../core/base/abortable.ts';
import type { Clock } from '../../core/base/clock.ts';
import type { ToolCall } from '../../core/providers/message.ts';
import type { ModelRequest, ModelTurn, TurnObserver } from '../../core/providers/provider.ts';
import { ProviderError } from '../../core/providers/providerError.ts';
import { startIdleTimer } from '../../core/providers/transport/idleTimer.ts';
import { messagesWithIds, ToolCallIds } from '../../core/providers/turn/toolCallIds.ts';
import { takeToolInput, toolCallOf } from '../../core/providers/turn/toolInput.ts';
import type { Usage } from '../../shared/conversationEvents.ts';
import { noUsage } from '../../shared/conversationEvents.ts';
import { formatInteger } from '../../shared/quantities.ts';
import { toChatMessages, toChatTools } from './languageModelMessages.ts';

/** VS Code does not say how many tokens its models use. */
const unknownUsage: Usage = { ...noUsage, incomplete: true };

export interface LanguageModelTurn {
  readonly request: ModelRequest;
  readonly observer: TurnObserver;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Milliseconds that a response may go without a part. */
  readonly silenceMs: number;
}

/**
 * One request to a model of VS Code, from its making to its last part. VS Code asks the person for
 * leave when it is the first one. Rejects with the signal's reason when aborted, and with whatever
 * VS Code says otherwise.
 */
export async function runLanguageModelTurn(
  chat: vscode.LanguageModelChat,
  { request, observer, signal, clock, silenceMs }: LanguageModelTurn,
): Promise<ModelTurn> {
  const cancellation = new vscode.CancellationTokenSource();
  const { token } = cancellation;
  try {
    // VS Code knows no way to say that tools may not be called, but to leave them out.
    const tools = request.toolChoice === 'none' ? [] : toChatTools(request.tools);
    const options = { justification, tools };
    const asked = Promise.resolve(chat.sendRequest(toChatMessages(request), options, token));
    // A person may be thinking about the leave: there is no limit but the conversation's own.
    const response = await abortable(asked, signal);
    return await readWatched(response, {
      ...{ request, observer, token, signal },
      ...{ clock, silenceMs },
    });
  } finally {
    // Ends what may still be under way; a response that is complete does not mind.
    cancellation.cancel();
    cancellation.dispose();
  }
}

interface Reading extends LanguageModelTurn {
  readonly token: vscode.CancellationToken;
}

/** Reads a response that may fall silent, or go on after it was cancelled: then nobody waits for it. */
async function readWatched(
  response: vscode.LanguageModelChatResponse,
  reading: Reading,
): Promise<ModelTurn> {
  const silence = new AbortController();
  const giveUp = (): void => silence.abort(tooSilent(reading));
  const watch = startIdleTimer(reading.clock, reading.silenceMs, giveUp);
  try {
    const ended = AbortSignal.any([reading.signal, silence.signal]);
    return await abortable(
      readParts(response, reading, () => watch.reset()),
      ended,
    );
  } finally {
    watch.stop();
  }
}

async function readParts(
  response: vscode.LanguageModelChatResponse,
  { request, observer, token }: Reading,
  heard: () => void,
): Promise<ModelTurn> {
  const ids = new ToolCallIds(messagesWithIds(request));
  const toolCalls: ToolCall[] = [];
  let text = '';
  let begun = false;
  for await (const part of response.stream) {
    // Nobody listens any more once it was cancelled.
    if (token.isCancellationRequested) break;
    heard();
    if (!begun) observer.onBegin?.();
    begun = true;
    if (part instanceof vscode.LanguageModelTextPart) {
      text = joined(text, part.value, request);
      if (part.value !== '') observer.onText?.(part.value);
    } else if (part instanceof vscode.LanguageModelToolCallPart) {
      observer.onToolCall?.();
      toolCalls.push(toToolCall(part, ids));
    }
  }
  // The agent says that there is no answer; this says why.
  if (begun && text.trim() === '' && toolCalls.length === 0) observer.onNote?.(noText(request));
  return {
    message: { role: 'assistant', text, toolCalls, native: [] },
    stop: toolCalls.length > 0 ? 'tool_calls' : 'final',
    usage: unknownUsage,
  };
}

/** Most UTF-16 units of an answer; no model means to write more. */
const maxAnswer = 16_000_000;

function joined(text: string, piece: string, request: ModelRequest): string {
  if (text.length + piece.length > maxAnswer) throw tooLarge(request);
  return text + piece;
}

function noText({ model }: ModelRequest): string {
  return `${model} sent parts that are no text, such as its thinking, and no answer.`;
}

function tooLarge({ model }: ModelRequest): ProviderError {
  const most = formatInteger(maxAnswer);
  return new ProviderError(
    `The answer of ${model} is larger than ${most} characters. Ask for less at once.`,
    { kind: 'protocol', retryable: false },
  );
}

const justification = 'Interleave sends the prompts that you run to this model.';

/** The type says object, but the input is whatever the extension made of the model's words. */
function toToolCall(part: vscode.LanguageModelToolCallPart, ids: ToolCallIds): ToolCall {
  return toolCallOf(ids.claim(part.callId), part.name, takeToolInput(part.input ?? {}));
}

function tooSilent({ request, silenceMs }: Reading): ProviderError {
  const seconds = silenceMs / 1000;
  return new ProviderError(
    `${request.model} has sent nothing of its answer for ${seconds} s. Retry later, or choose another model.`,
    { kind: 'network', brief: `nothing of the answer for ${seconds} s` },
  );
}
