import * as z from 'zod';
import type { ToolCall, ToolOutcome } from '../../../../src/core/providers/message.ts';
import type { ToolDefinition } from '../../../../src/core/tools/defineTool.ts';
import { defineTool } from '../../../../src/core/tools/defineTool.ts';
import { runToolCall } from '../../../../src/core/tools/runToolCall.ts';
import type { Tool } from '../../../../src/core/tools/tool.ts';
import { createToolBox } from '../../../../src/core/tools/toolBox.ts';

/** A tool named `probe` without arguments that runs `execute`. */
export function probe(execute: Tool['execute'], more: Partial<ToolDefinition<unknown>> = {}): Tool {
  return defineTool({
    name: 'probe',
    description: 'A tool for tests.',
    effect: 'pure',
    inputSchema: z.strictObject({}),
    execute,
    ...more,
  });
}

export function callOf(name: string, input: unknown, more: Partial<ToolCall> = {}): ToolCall {
  return { callId: 'call-1', name, input, ...more };
}

/** The result of one call with default options. */
export function runTool(
  tools: readonly Tool[],
  name: string,
  input: unknown,
): Promise<ToolOutcome> {
  const { signal } = new AbortController();
  return runToolCall(callOf(name, input), createToolBox(tools), { signal });
}
