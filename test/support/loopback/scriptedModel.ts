import { anthropicEvents } from './anthropicScript.ts';
import {
  type LoopbackServer,
  type RecordedRequest,
  type Reply,
  startLoopbackServer,
} from './loopbackServer.ts';
import { plainReply, sseText, streamReply } from './replies.ts';

/** A server of the Messages API whose answers are a function of the prompt's text. */
export async function startScriptedModel(
  replyTo: (prompt: string, request: RecordedRequest) => Reply,
): Promise<LoopbackServer> {
  return await startLoopbackServer((request) => replyTo(promptOf(request), request));
}

/** Starts a model that lists the files of the workspace and then answers. */
export function startLookingModel(): Promise<LoopbackServer> {
  return startScriptedModel((_prompt, { body }) =>
    body.includes('"tool_result"') ? answer('Looked.') : toolUse('list_files', {}),
  );
}

/** The text of a request's first message: the prompt as sent. Empty when there is none. */
function promptOf({ body }: RecordedRequest): string {
  if (body === '') return '';
  const { messages } = JSON.parse(body) as { messages?: { content: unknown }[] };
  const content = messages?.[0]?.content ?? '';
  if (typeof content === 'string') return content;
  const blocks = content as readonly { readonly text?: string }[];
  return blocks.map(({ text }) => text ?? '').join('');
}

/** A final answer. */
export function answer(text: string): Reply {
  const content = [{ type: 'text', text }];
  return streamReply(sseText(anthropicEvents({ content, stopReason: 'end_turn' })));
}

/** One tool call. */
export function toolUse(name: string, input: object): Reply {
  const content = [{ type: 'tool_use', id: 'toolu_1', name, input }];
  return streamReply(sseText(anthropicEvents({ content, stopReason: 'tool_use' })));
}

/** An error as the API reports it. */
export function refusal(status: number, type: string, message: string): Reply {
  return plainReply(status, { type: 'error', error: { type, message } });
}

/** Sends headers, then nothing for as long as the client waits. */
export const silence: Reply = [
  { do: 'head', status: 200, headers: { 'content-type': 'text/event-stream' } },
];
