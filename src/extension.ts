import * as path from 'node:path';
import type * as vscode from 'vscode';
import { registerCommands } from './commands/registerCommands.ts';
import { CodeCache } from './core/base/codeCache.ts';
import type { InterleaveApi } from './host/api.ts';
import { createApi } from './host/api.ts';
import { keepCompiledCode } from './host/compiledCode.ts';
import { Lazy } from './host/lazy.ts';
import { showMessage } from './host/messages.ts';
import { messageOf } from './shared/thrown.ts';
import type { Window } from './window.ts';

/** Set by `activate`. */
let opening: Lazy<Window> | undefined;
let cache: CodeCache | undefined;

/**
 * Registers the commands. All else is opened right after that, from its compiled code of the last time: VS Code
 * activates one extension after another, and each waits for those before it.
 */
export function activate(context: vscode.ExtensionContext): InterleaveApi {
  const code = new CodeCache(path.join(context.globalStorageUri.fsPath, 'compiled'));
  const window = new Lazy(async () => {
    const part = code.load(path.join(__dirname, 'window.js')) as typeof import('./window.ts');
    const opened = part.openWindow(context);
    context.subscriptions.push(keepCompiledCode(code, opened.runs));
    return opened;
  });
  cache = code;
  opening = window;
  context.subscriptions.push(
    registerCommands(async (id, args) => (await window.get()).commands.run(id, args)),
  );
  setImmediate(() => void window.get().catch(tell));
  return createApi(window);
}

/** Flushes the journals of the runs, so that they can be resumed. */
export async function deactivate(): Promise<void> {
  const closed = opening?.started?.then((window) => window.close()).catch(() => undefined);
  opening = undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeMs);
  });
  await Promise.race([closed, late]);
  clearTimeout(timer);
  cache?.save();
}

/** Max time for closing, in ms. VS Code ends the extension host about 5 s after it calls `deactivate`. */
const closeMs = 4_000;

function tell(error: unknown): void {
  void showMessage('error', `Interleave could not start: ${messageOf(error)}`);
}
