import * as z from 'zod';
import { defineTool } from './defineTool.ts';
import type { Tool } from './tool.ts';

/**
 * A tool with which approvals can be tried out without a key: it gives its text back. It says that it runs a
 * program, so that it needs a decision, but starts none.
 */
export function createDemoProgramTool(): Tool {
  return defineTool({
    name: 'run_demo_program',
    description:
      'Runs the demo program, which prints the given text and does nothing else. It needs a decision, as every tool that runs programs does.',
    effect: 'execute',
    inputSchema: z.strictObject({
      text: z.string().min(1).max(1_000).describe('What the program prints.'),
    }),
    execute: ({ text }) => text,
  });
}
