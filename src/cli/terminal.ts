import type { Redactor } from '../core/base/redact.ts';

/** Where the command line writes to, so that tests can read it. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Progress, remarks and errors. */
  err(text: string): void;
}

/**
 * Standard output and error. A reader that went away, such as `head`, is not an error, and when nobody
 * can be told anything on standard error, the run goes on all the same. `onLost` hears why standard
 * output takes nothing more, once.
 */
export function processTerminal(onLost: (error: Error) => void): Terminal {
  const { stdout, stderr } = process;
  let isLost = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isLost) return;
    isLost = true;
    onLost(error);
  });
  stderr.on('error', () => undefined);
  return { out: (text) => void stdout.write(text), err: (text) => void stderr.write(text) };
}

/**
 * The same terminal without keys. From what goes to standard error, anything else that looks like a
 * secret is taken out as well; answers stay as they are.
 */
export function redactingTerminal(terminal: Terminal, redactor: Redactor): Terminal {
  return {
    out: (text) => terminal.out(redactor.hideKeys(text)),
    err: (text) => terminal.err(redactor.hideSecrets(text)),
  };
}
