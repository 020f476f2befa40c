import type { Reply } from '../loopback/loopbackServer.ts';
import { plainReply } from '../loopback/replies.ts';
import { ok, said } from './blocks.ts';
import type { CaseBody, CaseProtocol, CaseReplies } from './runCase.ts';
import { events, runCase } from './runCase.ts';

/** Both protocols. */
export const both: readonly CaseProtocol[] = ['anthropic', 'openai'];

/** The answer "done" in the events of each protocol. */
export const answerOf = { anthropic: ok('done'), openai: said('done') };

/** The result of a conversation that ended with this answer. */
export const fine = { status: 'done', reason: 'final', answer: 'done' };

/** Refuses a request as invalid. */
export const refuse = (message: string): Reply =>
  plainReply(400, { error: { type: 'invalid_request_error', message } });

/** Runs one prompt with this response to every request. */
export function once(reply: Reply, protocol: CaseProtocol = 'anthropic') {
  return runCase(() => reply, { protocol });
}

/** Sends a turn, and then answers as soon as the next request has no problem. */
export function thenStrict(
  turn: Reply,
  problem: (body: CaseBody) => string | undefined,
): CaseReplies {
  return (body, index) => {
    if (index === 0) return turn;
    const found = problem(body);
    const answer = body.messages === undefined ? said('done') : ok('done');
    return found === undefined ? events(answer) : refuse(found);
  };
}
