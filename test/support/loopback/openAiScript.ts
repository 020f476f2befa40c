import type { EventData } from './replies.ts';

/** A turn that a scripted server answers with over the Responses API. */
export interface OpenAiTurn {
  /** Complete output items as the API would return them. */
  readonly output: readonly EventData[];
  readonly status?: 'completed' | 'incomplete' | 'failed';
  readonly usage?: object;
  /** More fields of the response object. */
  readonly response?: object;
}

/** The events of a turn of the Responses API, each text in several deltas. */
export function openAiEvents(turn: OpenAiTurn): EventData[] {
  const status = turn.status ?? 'completed';
  const response = {
    id: 'resp_1',
    object: 'response',
    status,
    output: turn.output,
    usage: turn.usage ?? { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
    ...turn.response,
  };
  const events: EventData[] = [
    { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
    { type: 'response.in_progress', response: { ...response, status: 'in_progress', output: [] } },
    ...turn.output.flatMap(itemEvents),
    { type: `response.${status}`, response },
  ];
  return events.map((event, index) => ({ ...event, sequence_number: index }));
}

function itemEvents(item: EventData, index: number): EventData[] {
  return [
    { type: 'response.output_item.added', output_index: index, item: { type: item.type } },
    ...textsOf(item).flatMap((text) =>
      (text.match(/[\s\S]{1,4}/gu) ?? []).map((delta) => ({
        type: 'response.output_text.delta',
        output_index: index,
        delta,
      })),
    ),
    { type: 'response.output_item.done', output_index: index, item },
  ];
}

function textsOf(item: EventData): string[] {
  if (item.type !== 'message') return [];
  const content = item.content as readonly { readonly text?: string }[];
  return content.flatMap((part) => (part.text === undefined ? [] : [part.text]));
}
