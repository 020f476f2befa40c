import { asOwnTask, replyToAgents } from './agentReply.ts';
import { replyToArithmetic } from './arithmetic/arithmeticReply.ts';
import type { DemoRequest } from './demoRequest.ts';
import { replyToProgram } from './programReply.ts';
import { replyToQuestion } from './questionReply.ts';
import { type Reply, textReply, truncateReply } from './reply.ts';
import { signed } from './signature.ts';
import { replyToWorkspace } from './workspaceReply.ts';

const notUnderstood =
  "This is Interleave's demo model. It can do arithmetic with tools, for example *Sum 4, 7 and 9, " +
  'then multiply the result by 3*, but it does not understand other questions. ' +
  'Set an API key to ask a real model.';

/** The model's next turn: a pure function of the request. */
export function decideReply(asked: DemoRequest): Reply {
  const request = asOwnTask(asked);
  const reply =
    replyToAgents(request) ??
    replyToQuestion(request) ??
    replyToArithmetic(request) ??
    replyToProgram(request) ??
    replyToWorkspace(request) ??
    textReply(signed(notUnderstood));
  const allowed = request.oneCallATurn ? firstCallOnly(reply) : reply;
  return request.maxOutputTokens === undefined
    ? allowed
    : truncateReply(allowed, request.maxOutputTokens);
}

function firstCallOnly(reply: Reply): Reply {
  const [first] = reply.blocks;
  return first?.kind === 'call' ? { ...reply, blocks: [first] } : reply;
}
