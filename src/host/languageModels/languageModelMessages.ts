import * as vscode from 'vscode';
import type { AssistantMessage, Message, ToolOutcome } from '../../core/providers/message.ts';
import type { ModelRequest, ToolSchema } from '../../core/providers/provider.ts';

/**
 * The messages of a request in VS Code's form. The API has no system role, so the system prompt goes to the
 * beginning of the first message. Only text and tool calls are sent back: VS Code does not expose the native
 * parts of a response, such as reasoning.
 */
export function toChatMessages({
  system,
  messages,
}: ModelRequest): vscode.LanguageModelChatMessage[] {
  const instructions = system.trim() === '' ? '' : `${system.toWellFormed()}\n\n`;
  const [first, ...rest] = messages;
  if (first === undefined) return [];
  if (first.role !== 'user') {
    return [vscode.LanguageModelChatMessage.User(instructions), ...messages.flatMap(toChatMessage)];
  }
  const opening = vscode.LanguageModelChatMessage.User(instructions + first.text.toWellFormed());
  return [opening, ...rest.flatMap(toChatMessage)];
}

/** The tools of a request in VS Code's form. */
export function toChatTools(tools: readonly ToolSchema[]): vscode.LanguageModelChatTool[] {
  return tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
}

function toChatMessage(message: Message): readonly vscode.LanguageModelChatMessage[] {
  switch (message.role) {
    case 'user':
      return [vscode.LanguageModelChatMessage.User(message.text.toWellFormed())];
    case 'assistant': {
      const parts = assistantParts(message);
      return parts.length === 0 ? [] : [vscode.LanguageModelChatMessage.Assistant(parts)];
    }
    case 'tool':
      return [vscode.LanguageModelChatMessage.User(message.outcomes.map(toResultPart))];
  }
}

type AssistantPart = vscode.LanguageModelTextPart | vscode.LanguageModelToolCallPart;

function assistantParts({ text, toolCalls }: AssistantMessage): AssistantPart[] {
  const calls = toolCalls.map(({ callId, name, input, inputError }) => {
    const sent = inputError === undefined && typeof input === 'object' ? input : {};
    return new vscode.LanguageModelToolCallPart(callId, name, sent ?? {});
  });
  return text === '' ? calls : [new vscode.LanguageModelTextPart(text.toWellFormed()), ...calls];
}

/** The API has no field for a failed call, so the text says it. */
function toResultPart({
  callId,
  content,
  isError,
}: ToolOutcome): vscode.LanguageModelToolResultPart {
  const text = `${isError ? 'ERROR: ' : ''}${content.toWellFormed()}`;
  return new vscode.LanguageModelToolResultPart(callId, [new vscode.LanguageModelTextPart(text)]);
}
