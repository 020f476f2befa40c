import { clipEnd, visibleText } from '../base/text.ts';
import type { ToolCall } from '../providers/message.ts';
import { thrownText } from './thrownText.ts';
import type { Tool } from './tool.ts';
import type { ToolBox } from './toolBox.ts';
import { rejection, type ToolEnding } from './toolResult.ts';
import { inputOutline } from './toolSchemas.ts';

/** A call with an existing tool and a valid input. */
export interface CheckedCall {
  readonly call: ToolCall;
  readonly tool: Tool;
  /** The input as `execute` receives it. */
  readonly input: unknown;
}

/** The tool of a call, or the result for the model when there is no such tool. */
export function findTool(call: ToolCall, tools: ToolBox): Tool | ToolEnding {
  const tool = tools.get(call.name);
  if (call.inputError !== undefined) {
    const shape = tool === undefined ? '' : ` It takes ${inputOutline(tool)}, as one JSON object.`;
    return rejection(
      `The arguments could not be read, so the tool was not run: ${call.inputError}${shape}`,
    );
  }
  return tool ?? rejection(unknownTool(call.name, tools));
}

/** The call with its input checked, or the result for the model when the input is invalid. */
export function checkCall(
  tool: Tool,
  call: ToolCall,
  hideKeys: (text: string) => string,
): CheckedCall | ToolEnding {
  try {
    const check = tool.check(call.input);
    if (check.ok) return { call, tool, input: check.value };
    const problems = check.problems.map((problem) => `- ${problem}`).join('\n');
    return rejection(
      `The input does not fit the tool "${tool.name}", so it was not run:\n${problems}`,
    );
  } catch (thrown) {
    return rejection(`The input could not be checked. ${thrownText(thrown, hideKeys)}`);
  }
}

function unknownTool(name: string, tools: ToolBox): string {
  const shown = JSON.stringify(clipEnd(visibleText(name), 80));
  if (tools.size === 0) return `There is no tool ${shown}, nor any other. Answer without tools.`;
  return `There is no tool ${shown}. The tools are: ${[...tools.keys()].join(', ')}.`;
}
