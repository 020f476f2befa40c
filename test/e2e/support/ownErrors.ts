/** Where the tests keep VS Code and its profiles: these paths hold this extension's name. */
const foreignPaths = /\S*\/interleave(?:\/vscode-server|-workspace|-vscode|-e2e)-\S*/g;
const ours =
  /interleave|dist\/(?:extension|engine|results)\.js|Content Security Policy|Refused to/i;
const harmless = /^%c +(?:INFO|TRACE|DEBUG) /;

/**
 * The console's lines that this extension or its webview is to blame for. VS Code's own server writes
 * errors of its own: what its gallery, its accounts and its TypeScript cannot reach here.
 */
export function ownErrors(consoleLines: readonly string[]): readonly string[] {
  return consoleLines.filter(
    (line) => !harmless.test(line) && ours.test(line.replaceAll(foreignPaths, '')),
  );
}
