import type { Redactor } from '../core/base/redact.ts';

/** Where the command line writes to, so that tests can read it. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Progress, remarks and errors. */
  err(text: string): void;
  /** Whether whoever read the results has gone, as far as writing has shown it. */
  isReaderGone?(): boolean;
}

/** Bytes that a pipe takes whole or not at all. */
const atomicBytes = 4096;

/**
 * Standard output and error. A reader that went away in the middle, such as `head`, is not an error, and
 * when nobody can be told anything on standard error, the run goes on all the same. `onLost` hears, once,
 * why standard output takes nothing more, or that nobody was there to read any of it.
 */
export function processTerminal(onLost: (error: Error) => void): Terminal {
  const { stdout, stderr } = process;
  let isBegun = false;
  let isLost = false;
  let isReaderGone = false;
  const lose = (error: Error): void => {
    if (!isLost) onLost(error);
    isLost = true;
  };
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') isReaderGone = true;
    else lose(error);
  });
  stderr.on('error', () => undefined);
  return {
    out: (text) => {
      if (text === '') return;
      const isUnread = !isBegun && Buffer.byteLength(text) <= atomicBytes;
      isBegun = true;
      stdout.write(text, (error) => {
        if (error && isUnread) lose(error);
      });
    },
    err: (text) => void stderr.write(text),
    isReaderGone: () => isReaderGone,
  };
}

/**
 * The same terminal without keys. From what goes to standard error, anything else that looks like a
 * secret is taken out as well; answers stay as they are.
 */
export function redactingTerminal(terminal: Terminal, redactor: Redactor): Terminal {
  return {
    ...terminal,
    out: (text) => terminal.out(redactor.hideKeys(text)),
    err: (text) => terminal.err(redactor.hideSecrets(text)),
  };
}
