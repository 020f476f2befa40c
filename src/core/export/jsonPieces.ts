import type { RunResult } from '../../shared/runResult.ts';

/** What is around the conversation in the JSON of an object with only that. */
const before = '{\n  "conversations": [';
const after = '\n  ]\n}';

/** Yields the text of `JSON.stringify(result, null, 2)` conversation by conversation, then a newline. */
export function* jsonPieces({ conversations, ...rest }: RunResult): Generator<string> {
  const around = JSON.stringify({ ...rest, conversations: [] }, null, 2);
  const inside = around.lastIndexOf(']');
  yield around.slice(0, inside);
  for (const [index, conversation] of conversations.entries()) {
    // Within such an object, it is indented as it is within the result.
    const nested = JSON.stringify({ conversations: [conversation] }, null, 2);
    yield `${index === 0 ? '' : ','}${nested.slice(before.length, -after.length)}`;
  }
  yield `${conversations.length === 0 ? '' : '\n  '}${around.slice(inside)}\n`;
}

/** Yields one line of JSON for each conversation. */
export function* jsonLinePieces({ conversations }: RunResult): Generator<string> {
  for (const conversation of conversations) yield `${JSON.stringify(conversation)}\n`;
}
