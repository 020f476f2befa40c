/** How to start a command: the arguments of `spawn`. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Whether Windows passes the arguments unchanged, because they are quoted for its shell. */
  readonly windowsVerbatimArguments: boolean;
}

/** How to start a command on a platform. On Windows, only the shell can start `.cmd` files. */
export function launchOf(
  command: string,
  args: readonly string[],
  platform: NodeJS.Platform = process.platform,
  shell = process.env.ComSpec ?? 'cmd.exe',
): Launch {
  if (platform !== 'win32' || command.toLowerCase().endsWith('.exe')) {
    return { command, args, windowsVerbatimArguments: false };
  }
  const line = [command, ...args].map(quotedForShell).join(' ');
  // With /s, the shell removes only the outermost quotes.
  return { command: shell, args: ['/d', '/s', '/c', `"${line}"`], windowsVerbatimArguments: true };
}

function quotedForShell(text: string): string {
  return /^[\w.:\\/=@-]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}
