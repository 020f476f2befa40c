import { isJsonObject } from '../shared/json.ts';
import type { DemoRequest, ToolExchange } from './demoRequest.ts';
import { callReply, type Reply, textReply, type WantedCall } from './reply.ts';
import { signed } from './signature.ts';

/** The earlier calls of the conversation with this name and input. */
export function triesOf(
  { name, input }: WantedCall,
  exchanges: readonly ToolExchange[],
): readonly ToolExchange[] {
  return exchanges.filter((exchange) => {
    const { input: given } = exchange;
    if (exchange.name !== name || !isJsonObject(given)) return false;
    return Object.entries(input).every(([key, value]) => isSame(given[key], value));
  });
}

/**
 * The next turn of a conversation whose calls the user may deny: the calls that have not succeeded, each at most
 * once after each message of the user, and when there are none the results of all.
 */
export function replyUntilAllowed(
  calls: readonly WantedCall[],
  { exchanges, prompts }: DemoRequest,
  describe: (call: WantedCall, result: ToolExchange | undefined) => string,
): Reply {
  const results = calls.map((call) => ({ call, tries: triesOf(call, exchanges) }));
  const open = results.filter(
    ({ tries }) => tries.length < prompts && tries.every(({ isError }) => isError),
  );
  if (open.length > 0) return callReply(open.map(({ call }) => call));
  const parts = results.map(({ call, tries }) => describe(call, tries.at(-1)));
  return textReply(signed(parts.join('\n\n')));
}

/** What the last message of the user asks for, or else the first one. */
export function wantedBy<T>(
  { prompt, firstPrompt }: DemoRequest,
  wantedIn: (prompt: string) => readonly T[],
): readonly T[] {
  const wanted = wantedIn(prompt);
  return wanted.length > 0 ? wanted : wantedIn(firstPrompt);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
