import { wantsAnswer } from '../host/commandTargets.ts';
import type { CommandId } from '../host/contributionIds.ts';
import { Lazy } from '../host/lazy.ts';
import { isRunArgument } from '../host/runArgument.ts';
import type { CommandServices } from './commandServices.ts';
import type { CommandTable } from './commandTable.ts';
import { answerOfError, showError } from './showError.ts';

/** Runs commands and shows their errors to the user. The first one loads the handlers of all. */
export class CommandRunner {
  readonly #services: CommandServices;
  readonly #handlers: Lazy<CommandTable>;

  constructor(services: CommandServices) {
    this.#services = services;
    this.#handlers = new Lazy(async () => {
      const { commandTable } = await import('./commandTable.ts');
      return commandTable(services);
    });
  }

  /** Resolves with the result of the command. */
  async run(id: CommandId, args: readonly unknown[]): Promise<unknown> {
    const { log } = this.#services;
    try {
      const { [id]: handler } = await this.#handlers.get();
      return await handler(...args);
    } catch (error) {
      // A program that calls a command gets the error itself.
      if (isRunArgument(args[0])) throw error;
      if (args.some(wantsAnswer)) return answerOfError(error, log);
      void showError(error, log);
      return undefined;
    }
  }
}
