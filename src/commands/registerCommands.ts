import * as vscode from 'vscode';
import type { CommandId } from '../host/contributionIds.ts';
import { commands } from '../host/contributionIds.ts';

/** Registers all commands. `run` runs one of them, and resolves with its result. */
export function registerCommands(
  run: (id: CommandId, args: readonly unknown[]) => Promise<unknown>,
): vscode.Disposable {
  const registered = Object.values(commands).map((id) =>
    vscode.commands.registerCommand(id, (...args: readonly unknown[]) => run(id, args)),
  );
  return vscode.Disposable.from(...registered);
}
