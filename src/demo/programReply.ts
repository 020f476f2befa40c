import { isJsonObject } from '../shared/json.ts';
import type { DemoRequest, ToolExchange } from './demoRequest.ts';
import { callReply, type Reply, textReply } from './reply.ts';
import { signed } from './signature.ts';

const toolName = 'run_demo_program';
const asking = /\bdemo program\b[^`\n]{0,80}`([^`\n]{1,200})`/gi;

/**
 * The next turn for a prompt that wants the demo program to print a text in backticks: it asks for the tool that
 * runs programs. A call that was denied is made once more after the user's next message. Undefined when the
 * prompt wants no such thing or the tool is not offered.
 */
export function replyToProgram(request: DemoRequest): Reply | undefined {
  const texts = textsIn(request.prompt);
  const wanted = texts.length > 0 ? texts : textsIn(request.firstPrompt);
  if (wanted.length === 0 || !request.tools.includes(toolName)) return undefined;
  const results = wanted.map((text) => ({ text, tries: triesOf(text, request.exchanges) }));
  const open = results.filter(({ tries }) => {
    const isOver = tries.some(({ isError }) => !isError);
    return !isOver && tries.length < request.prompts;
  });
  if (open.length > 0) {
    return callReply(open.map(({ text }) => ({ name: toolName, input: { text } })));
  }
  const parts = results.map(({ text, tries }) => describe(text, tries.at(-1)));
  return textReply(signed(parts.join('\n\n')));
}

function textsIn(prompt: string): readonly string[] {
  return [...new Set([...prompt.matchAll(asking)].map(([, text = '']) => text))];
}

function triesOf(text: string, exchanges: readonly ToolExchange[]): readonly ToolExchange[] {
  return exchanges.filter(
    ({ name, input }) => name === toolName && isJsonObject(input) && input.text === text,
  );
}

function describe(text: string, result: ToolExchange | undefined): string {
  const output = result?.output.trim() ?? '';
  if (result?.isError === true) {
    return `The demo program did not print \`${text}\`: ${output.slice(0, 300)}`;
  }
  return `The demo program ran. Its tool says: ${output.slice(0, 300)}`;
}
