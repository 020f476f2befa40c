import { createArithmeticTools } from './arithmetic/arithmeticTools.ts';
import { createJavascriptTool } from './javascript/javascriptTool.ts';
import type { Tool } from './tool.ts';

/** The tools that keep the processor busy: those that worker threads know. */
export function createCpuTools(): readonly Tool[] {
  return [...createArithmeticTools(), createJavascriptTool()];
}
