import type * as vscode from 'vscode';
import type { CodeCache } from '../core/base/codeCache.ts';
import type { RunService } from './runService.ts';

/** From the end of a run to the saving, in ms: the user may start the next one. */
const quietMs = 3_000;

/**
 * Saves the compiled code of the extension's parts some seconds after the first run, when all that a run needs has
 * been compiled, and while none is running: it takes some ms, one part in each turn of the event loop.
 */
export function keepCompiledCode(
  code: Pick<CodeCache, 'saveNext'>,
  runs: Pick<RunService, 'onDidChangeRun' | 'runs'>,
): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const subscription = runs.onDidChangeRun(() => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (runs.runs.some(({ state }) => state.state === 'running')) return;
      subscription.dispose();
      saveAll(code);
    }, quietMs);
  });
  return {
    dispose: () => {
      clearTimeout(timer);
      subscription.dispose();
    },
  };
}

function saveAll(code: Pick<CodeCache, 'saveNext'>): void {
  if (code.saveNext()) setImmediate(() => saveAll(code));
}
