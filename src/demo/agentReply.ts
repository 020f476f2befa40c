import type { DemoRequest } from './demoRequest.ts';
import { callReply, type Reply, textReply, type WantedCall } from './reply.ts';
import { signed, unsigned } from './signature.ts';
import { triesOf } from './toolTries.ts';

const maxQuestions = 8;

const asking = /\bask (?:the )?([\p{L}\p{N}_-]+)(?: agent)?: *([^\n]+)/giu;
/** What stands between the prompt and the note of the agent before. */
const handedOver = /\n---\nThe agent "[^\n]*has handed this over to you/;
const handing = /\bhand (?:this|it) over to (?:the )?([\p{L}\p{N}_-]+)/iu;

/**
 * The next turn for a prompt about other agents: `ask_…` for every "Ask the calculator: …", `transfer_to_…` for
 * "Hand this over to the calculator". `undefined` when no offered tool applies.
 */
export function replyToAgents(request: DemoRequest): Reply | undefined {
  return replyToQuestions(request) ?? replyToHandOver(request);
}

function replyToQuestions({ prompt, tools, exchanges }: DemoRequest): Reply | undefined {
  const questions = [...prompt.matchAll(asking)].slice(0, maxQuestions).flatMap((match) => {
    const [, agent = '', task = ''] = match;
    const name = toolFor('ask_', agent, tools);
    return name === undefined ? [] : [{ agent, call: { name, input: { task } } }];
  });
  if (questions.length === 0) return undefined;
  const answered = questions.map(({ agent, call }) => ({
    ...{ agent, call },
    exchange: triesOf(call, exchanges).at(-1),
  }));
  const open = answered.flatMap(({ call, exchange }): readonly WantedCall[] =>
    exchange === undefined ? [call] : [],
  );
  if (open.length > 0) return callReply(open);
  const parts = answered.map(({ agent, exchange }) => {
    const said = unsigned(exchange?.output ?? '').trim();
    return exchange?.isError === true
      ? `The ${agent} gave no answer: ${said}`
      : `The ${agent} says: ${said}`;
  });
  return textReply(signed(parts.join('\n\n')));
}

function replyToHandOver({ prompt, tools }: DemoRequest): Reply | undefined {
  const agent = handing.exec(prompt)?.[1];
  const name = agent === undefined ? undefined : toolFor('transfer_to_', agent, tools);
  if (name === undefined) return undefined;
  return callReply([{ name, input: { note: 'Please answer the prompt.' } }]);
}

/** A request that was handed over, as its prompt was: without the note, and without the wish to hand it over. */
export function asOwnTask(request: DemoRequest): DemoRequest {
  const [task = '', note] = request.prompt.split(handedOver);
  if (note === undefined) return request;
  return { ...request, prompt: task.replace(handing, '').replace(/^[\s:,.]+/, '') };
}

function toolFor(prefix: string, agent: string, tools: readonly string[]): string | undefined {
  const wanted = `${prefix}${agent.toLowerCase().replace(/[^a-z0-9]+/g, '_')}`;
  return tools.find((name) => name === wanted);
}
