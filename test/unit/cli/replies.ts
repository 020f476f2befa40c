import { anthropicEvents } from '../../support/loopback/anthropicScript.ts';
import type { RecordedRequest, Reply } from '../../support/loopback/loopbackServer.ts';
import { plainReply, sseText, streamHead, streamReply } from '../../support/loopback/replies.ts';

/** A final answer over the Messages API. */
export function says(text: string): Reply {
  const content = [{ type: 'text', text }];
  return streamReply(sseText(anthropicEvents({ content, stopReason: 'end_turn' })));
}

/** A request for one tool call over the Messages API. */
export function asksFor(name: string, input: unknown): Reply {
  const content = [{ type: 'tool_use', id: 'toolu_1', name, input }];
  return streamReply(sseText(anthropicEvents({ content, stopReason: 'tool_use' })));
}

/** An error as the Messages API reports it. */
export function fails(status: number, type: string, message: string): Reply {
  return plainReply(status, { type: 'error', error: { type, message } });
}

/** A stream that starts and then stalls. */
export const hangs: Reply = [
  streamHead(),
  { do: 'send', bytes: sseText(anthropicEvents({ content: [], stopReason: '' }).slice(0, 2)) },
];

/** The text of the prompt in a request. */
export function promptIn(request: RecordedRequest): string {
  const [first] = JSON.parse(request.body).messages;
  const { content } = first;
  return typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('');
}

/** The number of model responses in the history of a request. */
export function turnsIn(request: RecordedRequest): number {
  const messages: readonly { role: string }[] = JSON.parse(request.body).messages;
  return messages.filter(({ role }) => role === 'assistant').length;
}
