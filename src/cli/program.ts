import { Command, CommanderError } from 'commander';
import { isUserError, UserError } from '../core/base/errors.ts';
import { Redactor } from '../core/base/redact.ts';
import { journalLimits } from '../core/journal/journalLimits.ts';
import type { RunArchive } from '../core/journal/runs/runArchive.ts';
import { messageOf } from '../shared/thrown.ts';
import { addRulesCommands } from './addRulesCommands.ts';
import { keysIn, keyVariables } from './cliProviders.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { LimitOptions } from './limitOptions.ts';
import { limitList, limitValues } from './limitOptions.ts';
import { listCommand } from './listCommand.ts';
import { rejectRepeats } from './rejectRepeats.ts';
import type { ResumeOptions } from './resumeRun.ts';
import { resumeRun } from './resumeRun.ts';
import { addRuleOptions } from './ruleOptions.ts';
import { collectOptions, runCommand } from './runCommand.ts';
import type { RunCommandOptions } from './runOptions.ts';
import {
  addLimitOptions,
  addOutputOptions,
  addRunOptions,
  collectingOptions,
} from './runOptions.ts';
import type { RunCommandServices } from './runServices.ts';
import { runsCommand } from './runsCommand.ts';
import type { ArchiveOptions } from './savedRuns.ts';
import { redactingTerminal } from './terminal.ts';
import { terminalText } from './terminalText.ts';

const pathsHelp =
  '*.prompts.md or *.prompt.md files, folders or patterns ("**/*.md") with such files, or - for standard input';

const runHelp = `
A given file with an error stops the run. A file with an error in a folder is reported and left out.

Answers go to standard output, in prompt order. The log goes to standard error.

Keys are read from ${Object.values(keyVariables).join(' and ')}. The demo model and servers on this machine
need none.

Exit codes:
  0  all prompts are done
  1  some failed, stopped at a limit or were left out, or a result could not be written or saved
  2  wrong usage or unreadable input; nothing was sent
  3  cancelled by Ctrl+C or a signal; finished answers were printed
  4  nothing to run

Examples:
  interleave run math.prompts.md --provider demo
  interleave run prompts --select "Sum then multiply" --json result.json
  interleave run prompts --max-turns 20 --limit toolCalls=40 --limit maxRunTokens=500000
  interleave run prompts --provider openai --base-url http://localhost:11434/v1 --model qwen3`;

const resumeHelp = `
Use this command in the folder in which the run was started. The run keeps its provider, server and
model. Results go to the targets of this command, else to standard output. When nothing is left to
run, it prints the answers of the run and exits with 4.

The key goes to the provider's own server. The command asks before it uses any other server, unless
you name that server with --base-url. A server on this machine that you do not name gets no key.

To continue a conversation that a limit stopped, give that limit a higher value:

  interleave resume 01M7X0SRVC6GZDS7Q3ZVZ5E14H --limit toolCalls=200`;

/** What the program gets from its caller. It derives the other services of the commands. */
export interface ProgramServices
  extends Omit<RunCommandServices, 'redactor' | 'archive' | 'version'> {
  /** Opens the saved runs. */
  openArchive?(options: ArchiveOptions): Promise<RunArchive>;
}

/** Runs a command line and resolves to the exit code. Never rejects. */
export async function runProgram(
  args: readonly string[],
  version: string,
  given: ProgramServices,
): Promise<ExitCode> {
  const redactor = new Redactor();
  for (const key of keysIn(given.environment)) redactor.add(key);
  const terminal = redactingTerminal(given.terminal, redactor);
  const services = { ...given, version, redactor, terminal };
  const openArchive: OpenArchive = async (options) =>
    given.openArchive?.({
      redact: (text) => redactor.hideKeys(text),
      limits: journalLimits(limitValues(options)),
    });
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
    .argument('<paths...>', pathsHelp)
    .addHelpText('after', runHelp)
    .showHelpAfterError('See interleave run --help.');
  addRunOptions(run).action(async (paths: string[], options: RunCommandOptions) => {
    const archive = await openArchive(options);
    code = await runCommand(paths, options, { ...services, ...(archive ? { archive } : {}) });
  });
  rejectRepeats(run, collectingOptions);
  program
    .command('list')
    .description('list the prompts of files and folders, without running them')
    .argument('<paths...>', pathsHelp)
    .showHelpAfterError('See interleave list --help.')
    .action(async (paths: string[]) => {
      code = await listCommand(paths, collectOptions(services, {}), terminal);
    });
  program
    .command('limits')
    .description('list all limits of runs with their options and defaults')
    .action(() => terminal.out(limitList()));
  addRulesCommands(program, services, (ended) => {
    code = ended;
  });
  addSavedRunCommands(program, services, {
    openArchive,
    onEnd: (ended) => {
      code = ended;
    },
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return exitCodeOfError(error, terminal.err);
  }
}

/** Opens the saved runs with the given limits; undefined when runs are not saved. */
type OpenArchive = (options: LimitOptions) => Promise<RunArchive | undefined>;

interface SavedRunCommands {
  readonly openArchive: OpenArchive;
  onEnd(code: ExitCode): void;
}

/** Adds the commands for saved runs. */
function addSavedRunCommands(
  program: Command,
  services: RunCommandServices,
  { openArchive, onEnd }: SavedRunCommands,
): void {
  const withArchive = async (options: LimitOptions) => {
    const archive = await openArchive(options);
    if (archive !== undefined) return { ...services, archive };
    throw new UserError('Runs are not saved here.');
  };
  program
    .command('runs')
    .description('list saved runs, newest first')
    .option('--json', 'as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const { archive, terminal } = await withArchive({});
      onEnd(await runsCommand(archive, options, terminal));
    });
  const resume = program
    .command('resume')
    .description(
      'resume a run that was interrupted or cancelled; complete turns are not sent again',
    )
    .argument('<run>', 'the id of the run; interleave runs lists it')
    .option('--base-url <U>', 'the server the run was sent to; confirms that it may get the key')
    .addHelpText('after', resumeHelp)
    .showHelpAfterError('See interleave resume --help.');
  addLimitOptions(addRuleOptions(addOutputOptions(resume))).action(
    async (runId: string, options: ResumeOptions) => {
      onEnd(await resumeRun(runId, options, await withArchive(options)));
    },
  );
  rejectRepeats(resume, collectingOptions);
}

function exitCodeOfError(error: unknown, write: (text: string) => void): ExitCode {
  // Commander has already written its message. `--help` and `--version` end with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  if (isUserError(error)) {
    write(`${terminalText(error.message)}\n`);
    return exitCodes.usage;
  }
  const stack = error instanceof Error ? error.stack : undefined;
  write(`Interleave failed: ${terminalText(stack ?? messageOf(error))}\n`);
  return exitCodes.someFailed;
}
