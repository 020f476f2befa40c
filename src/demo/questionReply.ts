import { isJsonObject } from '../shared/json.ts';
import { questionTool } from '../shared/toolCall.ts';
import type { DemoRequest, ToolExchange } from './demoRequest.ts';
import { callReply, type Reply, textReply } from './reply.ts';
import { signed } from './signature.ts';

const asking =
  /\bask me `([^`\n]{1,200})`(?:,? with (the|any of the) choices ((?:`[^`\n]{1,100}`(?:, | and | or )?){2,10}))?/gi;

/**
 * The next turn for a prompt that says what to ask, such as "Ask me `Which size?` with the choices `S` and `L`" (of
 * "any of the choices" several may be taken): one call that asks all of it, then what was answered. A call that was denied is made once more after the user's next
 * message. Undefined when the prompt wants no such thing or the tool is not offered.
 */
export function replyToQuestion(request: DemoRequest): Reply | undefined {
  const wanted = questionsIn(request.prompt);
  const questions = wanted.length > 0 ? wanted : questionsIn(request.firstPrompt);
  if (questions.length === 0 || !request.tools.includes(questionTool)) return undefined;
  const input = { questions };
  const tries = request.exchanges.filter((exchange) => isSame(exchange, input));
  const isOver = tries.some(({ isError }) => !isError);
  if (!isOver && tries.length < request.prompts) {
    return callReply([{ name: questionTool, input }]);
  }
  const last = tries.at(-1);
  const told = (last?.output.trim() ?? '').slice(0, 500);
  return textReply(
    signed(last?.isError === true ? `Nobody answered: ${told}` : `You said: ${told}`),
  );
}

interface Asked {
  readonly question: string;
  readonly choices?: readonly string[];
  readonly multiple?: true;
}

function questionsIn(prompt: string): readonly Asked[] {
  return [...prompt.matchAll(asking)].slice(0, 5).map(([, question = '', of, listed]) => {
    const choices = [...(listed ?? '').matchAll(/`([^`]+)`/g)].map(([, choice = '']) => choice);
    const multiple = /any/i.test(of ?? '') ? ({ multiple: true } as const) : {};
    return { question, ...(choices.length === 0 ? {} : { choices, ...multiple }) };
  });
}

function isSame({ name, input }: ToolExchange, asked: object): boolean {
  return (
    name === questionTool && isJsonObject(input) && JSON.stringify(input) === JSON.stringify(asked)
  );
}
