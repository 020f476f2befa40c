import * as z from 'zod';
import { codeOf } from '../../base/errors.ts';
import { defineTool } from '../defineTool.ts';
import type { Tool, ToolContext } from '../tool.ts';
import { ToolError } from '../tool.ts';
import { withNotes } from '../toolText.ts';
import { commandEnvironment } from './commandEnvironment.ts';
import { CommandOutput, maxCommandOutput } from './commandOutput.ts';
import type { CommandEnd, CommandRunner } from './commandRunner.ts';
import { runInChild } from './runInChild.ts';

/** What `run_command` works with. */
export interface CommandServices {
  /** The folder that commands run in; without one, none is run. */
  readonly folder: string | undefined;
  /** A child process when absent. */
  readonly run?: CommandRunner | undefined;
}

const defaultSeconds = 120;
const maxSeconds = 600;

const shell = process.platform === 'win32' ? 'PowerShell' : '/bin/sh';

/** `run_command`: runs a command line in the workspace folder. */
export function createCommandTool({ folder, run = runInChild }: CommandServices): Tool {
  return defineTool({
    name: 'run_command',
    description: `Runs a command line with ${shell} in the workspace folder and returns its output and exit code. Nothing can be typed into it, and it has no keys. What it starts in the background ends with it.`,
    effect: 'execute',
    // More than a command may take: the tool ends it itself, and tells what it printed.
    timeoutMs: (maxSeconds + 10) * 1000,
    inputSchema: z.strictObject({
      command: z.string().min(1).max(8_000),
      timeoutSeconds: z
        .int()
        .min(1)
        .max(maxSeconds)
        .optional()
        .describe(`Seconds after which it is ended. ${defaultSeconds} when absent.`),
    }),
    execute: async ({ command, timeoutSeconds = defaultSeconds }, context) => {
      if (folder === undefined) throw new ToolError('No folder is open to run commands in.');
      if (command.includes('\0')) throw new ToolError('The command has a NUL character.');
      const output = new CommandOutput(maxCommandOutput);
      const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
      const end = await run({
        ...{ command, folder },
        environment: commandEnvironment(),
        signal: AbortSignal.any([context.signal, timeout]),
        onOutput: (text) => void output.add(text),
      }).catch((error: unknown) => {
        throw notStarted(error);
      });
      const told = (note: string): string =>
        withNotes(linesOf(output), [note, proposalNote(context)]);
      if (timeout.aborted && end.exitCode === undefined) {
        throw new ToolError(told(`It did not end within ${timeoutSeconds} s and was ended.`));
      }
      if (end.problem !== undefined) throw new ToolError(told(end.problem));
      return told(endNote(end));
    },
  });
}

function linesOf(output: CommandOutput): readonly string[] {
  const text = output.text();
  return text === '' ? [] : [text];
}

function endNote({ exitCode, endedBy }: CommandEnd): string {
  if (exitCode !== undefined) return `Exit code ${exitCode}.`;
  return endedBy === undefined ? 'It is not known how it ended.' : `It was ended by ${endedBy}.`;
}

/** Commands run on the files on disk, where proposals are not. */
function proposalNote({ overlay }: ToolContext): string {
  if (overlay === undefined || overlay.isEmpty) return '';
  return 'It ran without the changes that this conversation proposes: they are not applied yet.';
}

function notStarted(error: unknown): Error {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'EACCES') {
    return new ToolError('The command could not be started: the shell or the folder is missing.');
  }
  return error instanceof Error ? error : new Error(String(error));
}
