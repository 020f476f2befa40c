import { decodeLine, encodeLine } from '../../../src/core/journal/recordLine.ts';
import { withSharedTexts } from '../../../src/core/journal/sharedTexts.ts';

interface Fields {
  readonly [name: string]: unknown;
}

/**
 * The journal as version 1 of the format would have written it: the message and the event of a turn are
 * records of their own, and every text is written wherever it stands.
 */
export function asVersion1(journal: string): string {
  const answers = new Map<string, unknown>();
  let seq = 0;
  const lines = journal.split('\n').filter((line) => line !== '');
  const records = lines.flatMap((line) => {
    const decoded = decodeLine(Buffer.from(line));
    if (decoded === undefined) throw new Error(`not a line of a journal: ${line}`);
    const { s: table = [], v: _, ...fields } = decoded.payload as Fields;
    return splitTurn(withSharedTexts(fields, table) as Fields, answers);
  });
  return records
    .map(({ t, k, ...fields }) => encodeLine(++seq, JSON.stringify({ v: 1, t, k, ...fields })))
    .join('');
}

function splitTurn(record: Fields, answers: Map<string, unknown>): readonly Fields[] {
  const { t, k, event, answerTurn, ...message } = record;
  const { conversation, turn, text } = (event ?? {}) as Fields;
  if (k === 'turn') {
    answers.set(`${conversation} ${turn}`, text);
    return [
      { t, k: 'message', ...message },
      { t, k: 'event', event },
    ];
  }
  if (answerTurn === undefined) return [record];
  const answer = answers.get(`${conversation} ${answerTurn}`);
  return [{ t, k, event: { ...(event as Fields), answer } }];
}
