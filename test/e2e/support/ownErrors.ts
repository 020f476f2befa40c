/** Paths of VS Code and its profiles in tests, which contain this extension's name. */
const foreignPaths = /\S*\/interleave(?:\/vscode-server|-workspace|-vscode|-e2e)-\S*/g;
const ours =
  /interleave|dist\/(?:extension|engine|results)\.js|Content Security Policy|Refused to/i;
const harmless = /^%c +(?:INFO|TRACE|DEBUG) /;

/**
 * Console lines caused by this extension or its webview. VS Code's server logs its own errors about
 * unreachable gallery, account and TypeScript services.
 */
export function ownErrors(consoleLines: readonly string[]): readonly string[] {
  return consoleLines.filter(
    (line) => !harmless.test(line) && ours.test(line.replaceAll(foreignPaths, '')),
  );
}
