import { anthropicEvents } from '../../support/loopback/anthropicScript.ts';
import {
  type LoopbackServer,
  type RecordedRequest,
  type Reply,
  startLoopbackServer,
} from '../../support/loopback/loopbackServer.ts';
import { sseText, streamReply } from '../../support/loopback/replies.ts';

/** Tool calls of each conversation before its answer. */
export const callsPerConversation = 3;

/** The parts of a request that identify it within a conversation. */
export interface SeenTurn {
  /** The prompt's text. */
  readonly prompt: string;
  /** Number of tool results in the request: complete turns. */
  readonly results: number;
  readonly body: string;
}

export interface HeldModel extends LoopbackServer {
  /** All requests in order. */
  readonly turns: readonly SeenTurn[];
  /** Stops holding back answers. */
  release(): void;
}

/**
 * A model that calls one sum per turn and then answers. Until released, it is silent at the turn
 * that `heldAt` gives for a prompt. Each answer contains the number of requests before it, so a
 * repeated request gets a different answer.
 */
export async function startHeldModel(
  heldAt: (prompt: string) => number | undefined,
): Promise<HeldModel> {
  const turns: SeenTurn[] = [];
  let released = false;
  const server = await startLoopbackServer((request) => {
    const turn = turnOf(request);
    turns.push(turn);
    const held = !released && heldAt(turn.prompt) === turn.results;
    const reply = replyTo(turn, turns.length);
    // A held answer has begun; its first part must not count.
    return held ? reply.slice(0, 2) : reply;
  });
  return Object.assign(Object.create(server), {
    turns,
    release: () => {
      released = true;
    },
  });
}

function replyTo({ prompt, results }: SeenTurn, count: number): Reply {
  const answers = results === callsPerConversation;
  const content = answers
    ? [{ type: 'text', text: `${prompt} was answered by request ${count}.` }]
    : [
        { type: 'text', text: `Call ${results + 1}.` },
        {
          type: 'tool_use',
          id: `toolu_${count}`,
          name: 'sum_numbers',
          input: { numbers: [results, 1] },
        },
      ];
  const text = sseText(anthropicEvents({ content, stopReason: answers ? 'end_turn' : 'tool_use' }));
  const half = Math.floor(text.length / 2);
  return streamReply([text.slice(0, half), text.slice(half)]);
}

function turnOf({ body }: RecordedRequest): SeenTurn {
  const { messages } = JSON.parse(body) as {
    readonly messages: readonly { readonly content: string | readonly Block[] }[];
  };
  const [first, ...rest] = messages.map(({ content }) =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : content,
  );
  const results = rest.flat().filter(({ type }) => type === 'tool_result').length;
  return { prompt: (first ?? []).map(({ text }) => text ?? '').join(''), results, body };
}

interface Block {
  readonly type: string;
  readonly text?: string;
}
