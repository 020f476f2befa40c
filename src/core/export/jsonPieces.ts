import type { RunResult } from '../../shared/runResult.ts';

/** The same text as `JSON.stringify(result, null, 2)`, a conversation at a time, and a line end. */
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

/** One conversation a line. */
export function* jsonLinePieces({ conversations }: RunResult): Generator<string> {
  for (const conversation of conversations) yield `${JSON.stringify(conversation)}\n`;
}
