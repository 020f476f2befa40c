import * as vscode from 'vscode';
import { wantsAnswer } from '../host/commandTargets.ts';
import { commands } from '../host/contributionIds.ts';
import { Lazy } from '../host/lazy.ts';
import { isRunArgument } from '../host/runArgument.ts';
import type { CommandServices } from './commandServices.ts';
import { answerOfError, showError } from './showError.ts';

/** Registers all commands and shows their errors to the user. The first command loads the handlers of all. */
export function registerCommands(services: CommandServices): vscode.Disposable {
  const handlers = new Lazy(async () => {
    const { commandTable } = await import('./commandTable.ts');
    return commandTable(services);
  });
  const registered = Object.values(commands).map((id) =>
    vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
      try {
        const { [id]: handler } = await handlers.get();
        return await handler(...args);
      } catch (error) {
        // A program that calls a command gets the error itself.
        if (isRunArgument(args[0])) throw error;
        if (args.some(wantsAnswer)) return answerOfError(error, services.log);
        void showError(error, services.log);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}
