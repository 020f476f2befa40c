import { commandEnvironment } from '../commandEnvironment.ts';
import { runInChild } from '../runInChild.ts';
import { CommandShell } from './commandShell.ts';

/** The program in a terminal of `run_command`: its argument is the folder. */
function main([folder = '']: readonly string[]): void {
  const { stdin, stdout } = process;
  const nonce = process.env.VSCODE_NONCE ?? '';
  stdout.on('error', () => undefined);
  // Raw: nothing that is typed means something to the terminal, and nothing is echoed.
  stdin.setRawMode?.(true);
  stdin.setEncoding('utf8');
  const shell = new CommandShell({
    ...{ nonce, folder, environment: commandEnvironment(), run: runInChild },
    print: (text) => void stdout.write(text),
  });
  const close = (): void => void shell.close().finally(() => process.exit());
  stdin.on('data', (text) => shell.typed(String(text)));
  stdin.on('end', close);
  stdin.on('error', close);
  for (const signal of ['SIGHUP', 'SIGTERM', 'SIGINT'] as const) process.on(signal, close);
}

main(process.argv.slice(2));
