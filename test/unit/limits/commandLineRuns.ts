import { setTimeout as sleep } from 'node:timers/promises';
import type { LimitName } from '../../../src/core/base/limits.ts';
import { limitFlag } from '../../../src/core/base/limitValues.ts';
import type { RunResult } from '../../../src/shared/runResult.ts';
import { anthropicEvents } from '../../support/loopback/anthropicScript.ts';
import type { LoopbackServer, Replies, Reply } from '../../support/loopback/loopbackServer.ts';
import { sseText, streamReply } from '../../support/loopback/replies.ts';
import { ManualClock } from '../../support/manualClock.ts';
import type { CommandLineOptions, Outcome } from '../cli/commandLine.ts';
import { interleave, promptFile, scriptedServer, viaAnthropic } from '../cli/commandLine.ts';

/** A command line run of one or more prompts, with its own server. */
export interface Ran {
  readonly outcome: Outcome;
  readonly server: LoopbackServer;
  /** Absent when the run did not start. */
  readonly result: RunResult | undefined;
  /** The body of the last request. */
  readonly lastBody: string;
}

export interface RunSetup extends CommandLineOptions {
  readonly replies: Replies;
  /** A file or folder; by default a single prompt. */
  readonly place?: string;
  readonly args?: readonly string[];
}

/** The option that sets a limit. */
export function limitArgs(name: LimitName, value: number): readonly string[] {
  const [flag = '', last = ''] = limitFlag(name).split(' ');
  return [flag, last.replace(/N$/, String(value))];
}

/** Runs `interleave run`. */
export async function runAt({ replies, place, args = [], ...options }: RunSetup): Promise<Ran> {
  const server = await scriptedServer(replies);
  return finish(server, await interleave(argsFor(server, place, args), options));
}

function argsFor(server: LoopbackServer, place: string | undefined, args: readonly string[]) {
  const file = place ?? promptFile({ One: 'Go.' });
  return ['run', file, ...viaAnthropic(server.url), '--log', 'none', '--json', '-', ...args];
}

function finish(server: LoopbackServer, outcome: Outcome): Ran {
  const result = outcome.out === '' ? undefined : (JSON.parse(outcome.out) as RunResult);
  return { outcome, server, result, lastBody: server.requests.at(-1)?.body ?? '' };
}

/** How the first conversation ended. */
export function reasonOf({ result, outcome }: Ran): string {
  return result?.conversations[0]?.reason ?? `exit ${outcome.code}`;
}

/** Controls a run whose clock stands still. */
export interface Held {
  readonly clock: ManualClock;
  readonly server: LoopbackServer;
  /** Resolves when the server has received this many requests. */
  arrived(count: number): Promise<void>;
}

/** A run whose clock advances only in `during`; then it is cancelled. */
export async function runUnderClock(
  { replies, place, args = [], ...options }: RunSetup,
  during: (held: Held) => Promise<void>,
): Promise<Ran> {
  const clock = new ManualClock();
  const server = await scriptedServer(replies);
  let isOver = false;
  const run = interleave(argsFor(server, place, args), { ...options, clock }).finally(() => {
    isOver = true;
  });
  const arrived = async (count: number): Promise<void> => {
    while (server.requests.length < count && !isOver) await sleep(1);
  };
  await during({ clock, server, arrived });
  while (!isOver) {
    await clock.advance(1_000);
    await sleep(1);
  }
  return finish(server, await run);
}

export interface Call {
  readonly name: string;
  readonly input: unknown;
}

/** A response with tool calls and this usage. */
export function callsFor(calls: readonly Call[], turn = 1, inputTokens = 10): Reply {
  const content = calls.map(({ name, input }, index) => {
    return { type: 'tool_use', id: `toolu_${turn}_${index}`, name, input };
  });
  const inputUsage = { input_tokens: inputTokens };
  return streamReply(sseText(anthropicEvents({ content, stopReason: 'tool_use', inputUsage })));
}

/** A final answer with this usage. */
export function answers(text: string, inputTokens = 10, outputTokens = 5): Reply {
  const content = [{ type: 'text', text }];
  const inputUsage = { input_tokens: inputTokens };
  const turn = { content, inputUsage, outputTokens };
  return streamReply(sseText(anthropicEvents({ ...turn, stopReason: 'end_turn' })));
}

/** Makes these calls, one per turn, and then answers. */
export function inTurns(calls: readonly Call[]): readonly Reply[] {
  return [...calls.map((call, index) => callsFor([call], index + 1)), answers('Done.')];
}

/** Different sums. */
export function sums(count: number): readonly Call[] {
  return Array.from({ length: count }, (_, index) => sum(index));
}

/** The same sum repeatedly. */
export function sameSums(count: number): readonly Call[] {
  return Array.from({ length: count }, () => sum(1));
}

function sum(number: number): Call {
  return { name: 'sum_numbers', input: { numbers: [number, number + 1] } };
}
