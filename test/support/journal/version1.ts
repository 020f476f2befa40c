import { withPrompts } from '../../../src/core/journal/record/promptTexts.ts';
import { decodeLine, encodeLine } from '../../../src/core/journal/record/recordLine.ts';
import { withSharedTexts } from '../../../src/core/journal/record/sharedTexts.ts';

interface Fields {
  readonly [name: string]: unknown;
}

/**
 * The journal as version 1 of the format would have written it: the conversations are in the first record, the
 * message and the event of a turn are records of their own, and every text is written wherever it stands.
 */
export function asVersion1(journal: string): string {
  const records = journal
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const decoded = decodeLine(Buffer.from(line));
      if (decoded === undefined) throw new Error(`not a line of a journal: ${line}`);
      const { s: table = [], v: _, ...fields } = decoded.payload as Fields;
      return withSharedTexts(fields, table) as Fields;
    });
  const plans = records.flatMap(({ k, planned }) => (k === 'planned' ? [planned as Fields] : []));
  const texts = new Map<string, unknown>();
  let seq = 0;
  return records
    .flatMap((record) => inVersion1(record, plans, texts))
    .map(({ t, k, ...fields }) => encodeLine(++seq, JSON.stringify({ v: 1, t, k, ...fields })))
    .join('');
}

function inVersion1(
  record: Fields,
  plans: readonly Fields[],
  texts: Map<string, unknown>,
): readonly Fields[] {
  const { t, k, event: told, answerTurn, isPrompt, outputs, count: _, ...fields } = record;
  const event = (told ?? {}) as Fields;
  const { conversation, turn, text, callId, output } = event;
  if (k === 'planned') return [];
  if (k === 'run.start') {
    const prompts = plans.map(({ prompt }) => String(prompt));
    const started = { ...(fields.started as Fields), conversations: plans };
    return [{ t, k, ...fields, started, definition: withPrompts(fields.definition, prompts) }];
  }
  if (k === 'turn') {
    texts.set(`${conversation} ${turn}`, text);
    return [
      { t, k: 'message', ...fields },
      { t, k: 'event', event },
    ];
  }
  if (k === 'message') {
    const of = fields.conversation;
    const message = fields.message as Fields;
    const outcomes = (message.outcomes ?? []) as readonly Fields[];
    const whole = {
      ...message,
      ...(isPrompt ? { text: plans[Number(of)]?.prompt } : {}),
      ...(outputs === undefined
        ? {}
        : {
            outcomes: outcomes.map((one) =>
              one.content === '' ? { ...one, content: texts.get(`${of} ${one.callId}`) } : one,
            ),
          }),
    };
    return [{ t, k, ...fields, message: whole }];
  }
  if (event.type === 'tool.finished') texts.set(`${conversation} ${callId}`, output);
  if (answerTurn === undefined) return [record];
  const answer = texts.get(`${conversation} ${answerTurn}`);
  return [{ t, k, event: { ...event, answer } }];
}
