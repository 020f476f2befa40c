/** One server-sent event as received. */
export interface ReceivedEvent<Data> {
  readonly event: string;
  readonly data: Data;
}

export interface TypedEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Event types in order, without consecutive duplicates. */
export function outline(events: readonly TypedEvent[]): readonly string[] {
  return events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
}

/** Reads a whole event stream; fails on lines other than `event:` and `data:`. */
export async function readEvents<Data>(
  response: Response,
): Promise<readonly ReceivedEvent<Data>[]> {
  return parseEvents(await response.text());
}

function parseEvents<Data>(text: string): readonly ReceivedEvent<Data>[] {
  if (!text.endsWith('\n\n')) throw new Error('the stream ends inside an event');
  return text
    .slice(0, -2)
    .split('\n\n')
    .map((block) => {
      const match = /^event: (\S+)\ndata: (.*)$/.exec(block);
      if (match === null) throw new Error(`not an event: ${block}`);
      return { event: match[1]!, data: JSON.parse(match[2]!) };
    });
}

export function postJson(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
