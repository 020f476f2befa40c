import * as z from 'zod';
import { formatInteger } from '../../../shared/quantities.ts';
import { defineTool } from '../defineTool.ts';
import type { Tool } from '../tool.ts';
import { scriptLimits } from './scriptLimits.ts';

const { ms, memoryMB, codeLength } = scriptLimits;

/** `run_javascript`: runs a script in an interpreter that reaches nothing outside of itself. */
export function createJavascriptTool(): Tool {
  return defineTool({
    name: 'run_javascript',
    description: `Runs JavaScript and returns what it logs to the console and the value of its last expression. For calculations on data that you put into the script. It has the language only: no files, network, modules, timers or DOM. Limits: ${ms / 1000} s, ${memoryMB} MB.`,
    effect: 'pure',
    inputSchema: z.strictObject({
      code: z
        .string()
        .min(1)
        .max(codeLength, `The script is longer than ${formatInteger(codeLength)} characters.`)
        .describe('The script, without import, require and top-level await.'),
    }),
    // A script may keep the processor busy for as long as it may take.
    cpu: { isLight: () => false },
    execute: async ({ code }) => {
      const { runScript } = await import('./runScript.ts');
      return runScript(code);
    },
  });
}
