import type { DemoRequest, ToolExchange } from './demoRequest.ts';
import type { Reply, WantedCall } from './reply.ts';
import { replyUntilAllowed, wantedBy } from './toolTries.ts';

const toolName = 'run_demo_program';
const asking = /\bdemo program\b[^`\n]{0,80}`([^`\n]{1,200})`/gi;

/**
 * The next turn for a prompt that wants the demo program to print a text in backticks: it asks for the tool that
 * runs programs. Undefined when the prompt wants no such thing or the tool is not offered.
 */
export function replyToProgram(request: DemoRequest): Reply | undefined {
  const texts = wantedBy(request, textsIn);
  if (texts.length === 0 || !request.tools.includes(toolName)) return undefined;
  const calls = texts.map((text): WantedCall => ({ name: toolName, input: { text } }));
  return replyUntilAllowed(calls, request, describe);
}

function textsIn(prompt: string): readonly string[] {
  return [...new Set([...prompt.matchAll(asking)].map(([, text = '']) => text))];
}

function describe({ input }: WantedCall, result: ToolExchange | undefined): string {
  const output = (result?.output.trim() ?? '').slice(0, 300);
  if (result?.isError === true)
    return `The demo program did not print \`${input.text}\`: ${output}`;
  return `The demo program ran. Its tool says: ${output}`;
}
