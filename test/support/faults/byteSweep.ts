import { defaultLimits } from '../../../src/core/agent/agentSpec.ts';
import { defaultRetryPolicy } from '../../../src/core/agent/retryPolicy.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import type { ConversationResult } from '../../../src/shared/runResult.ts';
import type { RecordedRequest, Reply, ReplyStep } from '../loopback/loopbackServer.ts';
import { startLoopbackServer } from '../loopback/loopbackServer.ts';
import { sseText, streamHead, streamReply } from '../loopback/replies.ts';
import { testAgent, testRun } from '../runs.ts';
import type { FaultProtocol, ScriptedTurn } from './faultProtocol.ts';
import { historyProblems } from './historyProblems.ts';
import { JumpingClock } from './jumpingClock.ts';

const toolTurn: ScriptedTurn = {
  thinking: 'Both numbers are small: I can add them first. Ü, 漢字, 🙂.',
  text: 'I add and multiply.',
  calls: [
    { id: 'call_a', name: 'sum_numbers', input: { numbers: [15, 5, 1234567] } },
    { id: 'call_b', name: 'multiply_numbers', input: { numbers: [20, 2] } },
  ],
};
const lastTurn: ScriptedTurn = {
  text: 'The answer is 40 — not 4, not 400. Grüße, 漢字, 🙂. It rests on two tool calls.',
};

/** Ways to break off a turn: a reset, a closed connection, a clean end of the response. */
const breaks = ['reset', 'cut', 'end'] as const;
type Break = (typeof breaks)[number];

/** Just enough attempts to see that a retry follows. */
const retry = { ...defaultRetryPolicy, maxAttempts: 2, maxUnreadable: 2 };

/** Which turn is disturbed, and whether once or always. */
export interface SweepScene {
  readonly turn: 'tools' | 'final';
  readonly how: Break;
  readonly times: 'once' | 'always';
  /** `short`: the server omits the final event, or marks the end in a way the API does not. */
  readonly form: 'whole' | 'short';
}

/** All scenes. */
export const sweepScenes: readonly SweepScene[] = (['tools', 'final'] as const).flatMap((turn) =>
  breaks.flatMap((how) =>
    (['once', 'always'] as const).flatMap((times) =>
      (['whole', 'short'] as const).map((form): SweepScene => ({ turn, how, times, form })),
    ),
  ),
);

export interface SweepFigures {
  readonly conversations: number;
  readonly done: number;
  readonly failed: number;
  /** Done, but with another answer, tool calls or history than without the disturbance. */
  readonly truncatedAsComplete: number;
  /** Neither the undisturbed answer nor an error, or an end that does not fit the disturbance. */
  readonly unexplained: number;
  /** Requests that the server received. */
  readonly requests: number;
  readonly firstProblem?: string;
}

/**
 * Every `step`th byte of the disturbed turn, and the ends of its events, with and without the empty
 * line.
 */
export function offsetsOf(protocol: FaultProtocol, scene: SweepScene, step: number): number[] {
  const bytes = streamOf(protocol, scene);
  const offsets = new Set<number>();
  for (let offset = 0; offset < bytes.length; offset += step) offsets.add(offset);
  for (let end = bytes.indexOf('\n\n'); end >= 0; end = bytes.indexOf('\n\n', end + 1)) {
    for (const near of [end + 1, end + 2]) offsets.add(Math.min(near, bytes.length - 1));
  }
  return [...offsets].sort((a, b) => a - b);
}

/** Runs one conversation per offset, all in one run with one server. */
export async function sweep(
  protocol: FaultProtocol,
  scene: SweepScene,
  offsets: readonly number[],
): Promise<SweepFigures> {
  const undisturbed = await play(protocol, scene, [Number.POSITIVE_INFINITY]);
  const disturbed = await play(protocol, scene, offsets);
  return judge(undisturbed, disturbed, scene);
}

interface Played {
  readonly conversations: readonly ConversationResult[];
  /** The history of each conversation's last request, without its prompt. */
  readonly histories: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
  readonly requests: number;
}

async function play(
  protocol: FaultProtocol,
  scene: SweepScene,
  offsets: readonly number[],
): Promise<Played> {
  const disturbances = new Map<string, number>();
  const histories = new Map<string, string>();
  const problems: string[] = [];
  const replyTo = ({ body }: RecordedRequest): Reply => {
    const prompt = protocol.promptOf(body);
    histories.set(prompt, body.replace(JSON.stringify(prompt), '""'));
    problems.push(...historyProblems(body));
    const turn = body.includes('call_a') ? 'final' : 'tools';
    const count = disturbances.get(prompt) ?? 0;
    const whole = streamOf(protocol, { ...scene, turn });
    const isDisturbed = turn === scene.turn && (scene.times === 'always' || count === 0);
    const offset = Number(prompt);
    if (!isDisturbed || !Number.isFinite(offset)) return streamReply([whole]);
    disturbances.set(prompt, count + 1);
    const step: ReplyStep = { do: scene.how };
    return [streamHead(), { do: 'send', bytes: whole.subarray(0, offset) }, step];
  };
  const server = await startLoopbackServer(replyTo);
  const provider = protocol.create({ baseUrl: server.url, apiKey: undefined });
  try {
    const limits = { ...defaultLimits, timeoutMs: 1e9 };
    const run = testRun(testAgent(provider, { limits }), offsets.map(String), {
      runner: new Runner({ clock: new JumpingClock(), retry }),
      concurrency: 16,
    });
    run.start();
    const { conversations } = await run.ended();
    return { conversations, histories, problems, requests: server.requests.length };
  } finally {
    provider.dispose();
    await server.close();
  }
}

function judge(undisturbed: Played, disturbed: Played, scene: SweepScene): SweepFigures {
  const whole = fingerprint(undisturbed.conversations[0], undisturbed);
  const lost: string[] = disturbed.problems.slice(0, 1);
  const cut: string[] = [];
  for (const conversation of disturbed.conversations) {
    const { status, prompt } = conversation;
    const isWhole = fingerprint(conversation, disturbed) === whole;
    const at = `${scene.turn} ${scene.form} ${scene.how} ${scene.times} at byte ${prompt}`;
    if (status === 'done' && !isWhole) cut.push(`${at}: ${fingerprint(conversation, disturbed)}`);
    if (status !== 'done' && !isExplained(conversation, scene)) {
      lost.push(`${at}: ${status} ${JSON.stringify(conversation.error)}`);
    }
  }
  const count = (status: string): number =>
    disturbed.conversations.filter((conversation) => conversation.status === status).length;
  const [firstProblem] = [...cut, ...lost];
  return {
    conversations: disturbed.conversations.length,
    done: count('done'),
    failed: count('failed'),
    truncatedAsComplete: cut.length,
    unexplained: lost.length,
    requests: disturbed.requests,
    ...(firstProblem === undefined ? {} : { firstProblem }),
  };
}

/** A single fault must be recovered from; a permanent one must be reported. */
function isExplained({ status, error }: ConversationResult, { times }: SweepScene): boolean {
  const kinds: readonly string[] = ['network', 'protocol'];
  return times === 'always' && status === 'failed' && kinds.includes(error?.kind ?? '');
}

/** Everything that must not depend on the faults. */
function fingerprint(conversation: ConversationResult | undefined, { histories }: Played): string {
  const calls = conversation?.toolCalls.map(({ name, input, output }) => [name, input, output]);
  const history = histories.get(conversation?.prompt ?? '');
  return JSON.stringify([conversation?.answer, calls, history]);
}

function streamOf(
  { name, events }: FaultProtocol,
  { turn, form }: Pick<SweepScene, 'turn' | 'form'>,
): Buffer {
  const all = events(turn === 'tools' ? toolTurn : lastTurn);
  if (form === 'whole') return Buffer.from(sseText(all));
  const mark = name === 'openai' ? 'data: [DONE]\n\n' : '';
  return Buffer.from(sseText(all.slice(0, -1)) + mark);
}

/**
 * The first byte offset at which a turn counts as complete. The final event may be missing if it
 * only repeats the end, and so may the empty line after a final event.
 */
export function wholeFrom(protocol: FaultProtocol, scene: SweepScene): number {
  const bytes = streamOf(protocol, scene);
  const isRepeated = protocol.name === 'anthropic' && scene.form === 'whole';
  const end = isRepeated ? bytes.lastIndexOf('event: ') : bytes.length;
  // A cut body has no end that could stand in for the empty line.
  return scene.how === 'end' ? end - 1 : end;
}
