import { UserError } from '../core/base/errors.ts';
import { journalLimits } from '../core/journal/journalLimits.ts';
import type { RunArchive } from '../core/journal/runs/runArchive.ts';
import { defaultToolLimits } from '../core/tools/toolLimits.ts';
import { createToolset } from '../core/tools/toolset.ts';
import type { ExitCode } from './exitCodes.ts';
import { type LimitOptions, limitValues } from './givenLimits.ts';
import { listCommand } from './listCommand.ts';
import type { ProgramServices } from './programServices.ts';
import type { ResumeOptions } from './resumeRun.ts';
import type { RulesServices, TryOptions } from './rulesCommand.ts';
import { collectOptions, runCommand } from './runCommand.ts';
import type { RunCommandOptions } from './runOptions.ts';
import type { RunCommandServices } from './runServices.ts';
import { runsCommand } from './runsCommand.ts';
import { openArchive } from './savedRuns.ts';

/** What the commands get from the program. */
export type CommandSurroundings = ProgramServices &
  Pick<RunCommandServices, 'redactor' | 'version'>;

/**
 * The commands that need the core. The program, which only reads the command line, loads them when one of them is
 * given: most of the code is here.
 */
export class Commands {
  readonly #given: CommandSurroundings;
  readonly #services: RunCommandServices;

  constructor({ tools, ...given }: CommandSurroundings) {
    this.#given = { tools, ...given };
    this.#services = {
      ...given,
      createToolset: (limits, cpuTools) =>
        createToolset({ ...tools, limits, ...(cpuTools === undefined ? {} : { cpuTools }) }),
    };
  }

  async run(paths: readonly string[], options: RunCommandOptions): Promise<ExitCode> {
    const archive = await this.#openArchive(options);
    const services = this.#services;
    return runCommand(paths, options, archive === undefined ? services : { ...services, archive });
  }

  async resume(runId: string, options: ResumeOptions): Promise<ExitCode> {
    const { resumeRun } = await import('./resumeRun.ts');
    const archive = await this.#mustOpenArchive(options);
    return resumeRun(runId, options, { ...this.#services, archive });
  }

  async listRuns(options: { readonly json?: boolean }): Promise<ExitCode> {
    return runsCommand(await this.#mustOpenArchive({}), options, this.#given.terminal);
  }

  listPrompts(paths: readonly string[]): Promise<ExitCode> {
    return listCommand(paths, collectOptions(this.#services, {}), this.#given.terminal);
  }

  checkRules(file: string): Promise<ExitCode> {
    return this.#withTools(async (services) => {
      const { rulesCheckCommand } = await import('./rulesCommand.ts');
      return rulesCheckCommand(file, services);
    });
  }

  tryRules(file: string, tool: string, input: string, options: TryOptions): Promise<ExitCode> {
    return this.#withTools(async (services) => {
      const { rulesTryCommand } = await import('./rulesCommand.ts');
      return rulesTryCommand(file, tool, input, options, services);
    });
  }

  /** Undefined when runs are not saved. */
  async #openArchive(options: LimitOptions): Promise<RunArchive | undefined> {
    const { runsFolder, redactor, terminal } = this.#given;
    if (runsFolder === undefined) return undefined;
    return openArchive(runsFolder, terminal, {
      redact: (text) => redactor.hideKeys(text),
      limits: journalLimits(limitValues(options)),
    });
  }

  async #mustOpenArchive(options: LimitOptions): Promise<RunArchive> {
    const archive = await this.#openArchive(options);
    if (archive !== undefined) return archive;
    throw new UserError('Runs are not saved here.');
  }

  async #withTools(use: (services: RulesServices) => Promise<ExitCode>): Promise<ExitCode> {
    const { terminal, folder } = this.#given;
    const toolset = this.#services.createToolset(defaultToolLimits);
    try {
      return await use({ terminal, folder, tools: toolset.tools });
    } finally {
      toolset.dispose();
    }
  }
}
