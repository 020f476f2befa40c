import { Command, CommanderError } from 'commander';
import { isUserError, messageOf, UserError } from '../core/base/errors.ts';
import { Redactor } from '../core/base/redact.ts';
import type { RunArchive } from '../core/journal/runArchive.ts';
import { keysIn } from './cliProviders.ts';
import type { RunCommandServices } from './executeRun.ts';
import { resumeRun } from './executeRun.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import { listCommand } from './listCommand.ts';
import { runCommand } from './runCommand.ts';
import type { RunCommandOptions } from './runOptions.ts';
import { addRunOptions } from './runOptions.ts';
import { runsCommand } from './runsCommand.ts';
import { redactingTerminal } from './terminal.ts';
import { terminalText } from './terminalText.ts';

const runHelp = `
The answers go to standard output, in prompt order; the log goes to standard error.

Keys are read from ANTHROPIC_API_KEY and OPENAI_API_KEY. The demo model and servers on this machine
need none.

Exit codes:
  0  all prompts are done
  1  some failed or were stopped at a limit
  2  wrong usage or unreadable input; nothing was sent
  3  cancelled with Ctrl+C; what had finished was printed
  4  there is nothing to run

Examples:
  interleave run math.prompts.md --provider demo
  interleave run prompts --select "Sum then multiply" --json result.json
  interleave run prompts --provider openai --base-url http://localhost:11434/v1 --model qwen3`;

/** What the program is given; the rest of what commands work with follows from it. */
export interface ProgramServices extends Omit<RunCommandServices, 'redactor' | 'archive'> {
  /** Opens what is kept of runs; `redact` takes the keys out of what is written. */
  openArchive?(redact: (text: string) => string): Promise<RunArchive>;
}

/** Carries out a command line and resolves to the exit code. Never rejects. */
export async function runProgram(
  args: readonly string[],
  version: string,
  given: ProgramServices,
): Promise<ExitCode> {
  const redactor = new Redactor();
  for (const key of keysIn(given.environment)) redactor.add(key);
  const terminal = redactingTerminal(given.terminal, redactor);
  const archive = await given.openArchive?.((text) => redactor.hideKeys(text));
  const services = { ...given, redactor, terminal, ...(archive ? { archive } : {}) };
  const { toolset } = given;
  let code: ExitCode = exitCodes.allDone;
  const program = new Command('interleave')
    .description('Runs many agent conversations at once and prints their answers in prompt order.')
    .version(version)
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError('See interleave --help.')
    .exitOverride();
  const run = program
    .command('run')
    .description('run the prompts of files and folders')
    .argument('<places...>', '*.prompts.md or *.prompt.md files, or folders with some')
    .addHelpText('after', runHelp)
    .showHelpAfterError('See interleave run --help.');
  addRunOptions(run).action(async (places: string[], options: RunCommandOptions) => {
    code = await runCommand(places, options, services);
  });
  program
    .command('list')
    .description('list the prompts of files and folders, without running them')
    .argument('<places...>', 'files or folders')
    .showHelpAfterError('See interleave list --help.')
    .action(async (places: string[]) => {
      code = await listCommand(
        places,
        toolset.tools.map(({ name }) => name),
        terminal,
      );
    });
  addKeptRunCommands(program, services, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return exitCodeOfError(error, terminal.err);
  }
}

/** The commands on runs that are kept on disk. */
function addKeptRunCommands(
  program: Command,
  services: RunCommandServices,
  onEnd: (code: ExitCode) => void,
): void {
  const withArchive = () => {
    if (services.archive !== undefined) return { ...services, archive: services.archive };
    throw new UserError('Runs are not kept here.');
  };
  program
    .command('runs')
    .description('list the runs that are kept, newest first')
    .option('--json', 'as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const { archive, terminal } = withArchive();
      onEnd(await runsCommand(archive, options, terminal));
    });
  program
    .command('resume')
    .description('go on with a run that was interrupted; completed turns are not sent again')
    .argument('<run>', 'its id, as interleave runs lists it')
    .option('--json <F>', 'write the whole result as JSON to a file, or - for standard output')
    .action(async (runId: string, options: { readonly json?: string }) => {
      onEnd(await resumeRun(runId, options, withArchive()));
    });
}

function exitCodeOfError(error: unknown, write: (text: string) => void): ExitCode {
  // Commander has written its own message; asking for help is not wrong usage.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  if (isUserError(error)) {
    write(`${terminalText(error.message)}\n`);
    return exitCodes.usage;
  }
  const stack = error instanceof Error ? error.stack : undefined;
  write(`Interleave failed: ${terminalText(stack ?? messageOf(error))}\n`);
  return exitCodes.someFailed;
}
