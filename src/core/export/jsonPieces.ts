import type { RunResult } from '../../shared/runResult.ts';

/** Yields the text of `JSON.stringify(result, null, 2)` conversation by conversation, then a newline. */
export function* jsonPieces({ conversations, ...rest }: RunResult): Generator<string> {
  const around = JSON.stringify({ ...rest, conversations: [] }, null, 2);
  const inside = around.lastIndexOf(']');
  yield around.slice(0, inside);
  for (const [index, conversation] of conversations.entries()) {
    const json = JSON.stringify(conversation, null, 2).replaceAll('\n', '\n    ');
    yield `${index === 0 ? '' : ','}\n    ${json}`;
  }
  yield `${conversations.length === 0 ? '' : '\n  '}${around.slice(inside)}\n`;
}

/** Yields one line of JSON for each conversation. */
export function* jsonLinePieces({ conversations }: RunResult): Generator<string> {
  for (const conversation of conversations) yield `${JSON.stringify(conversation)}\n`;
}
