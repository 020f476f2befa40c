import * as vscode from 'vscode';
import { abortable } from '../../core/base/abortable.ts';
import type { Clock } from '../../core/base/clock.ts';
import type { ToolCall } from '../../core/providers/message.ts';
import type { ModelRequest, ModelTurn, TurnObserver } from '../../core/providers/provider.ts';
import { ProviderError } from '../../core/providers/providerError.ts';
import { startIdleTimer } from '../../core/providers/transport/idleTimer.ts';
import { messagesWithIds, ToolCallIds } from '../../core/providers/turn/toolCallIds.ts';
import { takeToolInput, toolCallOf } from '../../core/providers/turn/toolInput.ts';
import { formatInteger } from '../../shared/quantities.ts';
import type { Usage } from '../../shared/usage.ts';
import { noUsage } from '../../shared/usage.ts';
import { toChatMessages, toChatTools } from './languageModelMessages.ts';

/** VS Code does not report token usage. */
const unknownUsage: Usage = { ...noUsage, incomplete: true };

/** A request and what it needs. */
export interface LanguageModelTurn {
  readonly request: ModelRequest;
  readonly observer: TurnObserver;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Idle timeout of the response in ms. */
  readonly silenceMs: number;
}

/**
 * Sends one request to a model in VS Code and reads the complete response. On the first request, VS Code asks
 * the user for consent. Rejects with the signal's reason when aborted, else with VS Code's error.
 */
export async function runLanguageModelTurn(
  chat: vscode.LanguageModelChat,
  { request, observer, signal, clock, silenceMs }: LanguageModelTurn,
): Promise<ModelTurn> {
  const cancellation = new vscode.CancellationTokenSource();
  const { token } = cancellation;
  try {
    // The API has no way to forbid tool calls, so the tools are left out.
    const tools = request.toolChoice === 'none' ? [] : toChatTools(request.tools);
    const options = { justification, tools };
    const asked = Promise.resolve(chat.sendRequest(toChatMessages(request), options, token));
    // No timeout here but the conversation's: the user may be answering the consent question.
    const response = await abortable(asked, signal);
    return await readWatched(response, {
      ...{ request, observer, token, signal },
      ...{ clock, silenceMs },
    });
  } finally {
    // Stops a response that is still streaming. No effect on a complete one.
    cancellation.cancel();
    cancellation.dispose();
  }
}

interface Reading extends LanguageModelTurn {
  readonly token: vscode.CancellationToken;
}

/** Reads a response with an idle timeout. Stops waiting on abort, even if the stream ignores the cancellation. */
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
    // A cancelled stream may still deliver parts.
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
  // The agent reports the missing answer. This note explains it.
  if (begun && text.trim() === '' && toolCalls.length === 0) observer.onNote?.(noText(request));
  return {
    message: { role: 'assistant', text, toolCalls, native: [] },
    stop: toolCalls.length > 0 ? 'tool_calls' : 'final',
    usage: unknownUsage,
  };
}

/** Max length of an answer in UTF-16 units. Guards memory against a runaway stream. */
const maxAnswer = 16_000_000;

function joined(text: string, piece: string, request: ModelRequest): string {
  if (text.length + piece.length > maxAnswer) throw tooLarge(request);
  return text + piece;
}

function noText({ model }: ModelRequest): string {
  return `${model} sent no answer text, only other parts such as reasoning.`;
}

function tooLarge({ model }: ModelRequest): ProviderError {
  const max = formatInteger(maxAnswer);
  return new ProviderError(
    `The answer of ${model} is longer than ${max} characters. Ask for less in one prompt.`,
    { kind: 'protocol', retryable: false },
  );
}

const justification = 'Interleave sends the prompts that you run to this model.';

/** Checks the input: its type says object, but the extension may pass anything. */
function toToolCall(part: vscode.LanguageModelToolCallPart, ids: ToolCallIds): ToolCall {
  return toolCallOf(ids.claim(part.callId), part.name, takeToolInput(part.input ?? {}));
}

function tooSilent({ request, silenceMs }: Reading): ProviderError {
  const seconds = silenceMs / 1000;
  return new ProviderError(
    `${request.model} sent nothing for ${seconds} s. Retry later, or select another model.`,
    { kind: 'network', brief: `no data for ${seconds} s` },
  );
}
