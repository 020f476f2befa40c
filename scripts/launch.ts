/** How a command is started: what `spawn` takes. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Whether Windows gets the arguments as they stand: they are quoted for its shell. */
  readonly windowsVerbatimArguments: boolean;
}

/** How a command is started on a platform: on Windows, only its shell can start `.cmd` files. */
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
  // With /s, the shell takes away the outermost quotes and nothing else.
  return { command: shell, args: ['/d', '/s', '/c', `"${line}"`], windowsVerbatimArguments: true };
}

function quotedForShell(text: string): string {
  return /^[\w.:\\/=@-]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}
