import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';
import { defineTool } from './defineTool.ts';
import type { Tool } from './tool.ts';

const run = promisify(execFile);

/** Prints its argument. */
const program = 'process.stdout.write(process.argv[1])';

/** A tool that runs a harmless program, with which approvals can be tried out without a key. */
export function createDemoProgramTool(): Tool {
  return defineTool({
    name: 'run_demo_program',
    description:
      'Runs a small program on this machine that prints the given text and does nothing else.',
    effect: 'execute',
    inputSchema: z.strictObject({
      text: z.string().min(1).max(1_000).describe('What the program prints.'),
    }),
    execute: async ({ text }, { signal }) => {
      // Without the variables of this process, which may hold keys. VS Code's own program is Node with this one.
      const env = { ELECTRON_RUN_AS_NODE: '1' };
      const { stdout } = await run(process.execPath, ['-e', program, '--', text], { env, signal });
      return stdout;
    },
  });
}
