import { questionTool } from '../shared/toolCall.ts';
import type { DemoRequest, ToolExchange } from './demoRequest.ts';
import type { Reply, WantedCall } from './reply.ts';
import { replyUntilAllowed, wantedBy } from './toolTries.ts';

const asking =
  /\bask me `([^`\n]{1,200})`(?:,? with (the|any of the) choices ((?:`[^`\n]{1,100}`(?:, | and | or )?){2,10}))?/gi;

/**
 * The next turn for a prompt that says what to ask, such as "Ask me `Which size?` with the choices `S` and `L`" (of
 * "any of the choices" several may be taken): one call that asks all of it, then what was answered. Undefined when the
 * prompt wants no such thing or the tool is not offered.
 */
export function replyToQuestion(request: DemoRequest): Reply | undefined {
  const questions = wantedBy(request, questionsIn);
  if (questions.length === 0 || !request.tools.includes(questionTool)) return undefined;
  return replyUntilAllowed([{ name: questionTool, input: { questions } }], request, describe);
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

function describe(_call: WantedCall, result: ToolExchange | undefined): string {
  const output = (result?.output.trim() ?? '').slice(0, 500);
  return result?.isError === true ? `Nobody answered: ${output}` : `You said: ${output}`;
}
