import type { Redactor } from '../core/base/redact.ts';

/** Where the command line writes to. Tests replace it. */
export interface Terminal {
  /** Writes results to standard output. */
  out(text: string): void;
  /** Writes the log, warnings and errors to standard error. */
  err(text: string): void;
  /** Resolves when the write buffer of standard output has drained; absent when nothing is buffered. */
  drained?(): Promise<void>;
  /** Whether a write to standard output has failed because its reader closed the pipe. */
  isReaderGone?(): boolean;
}

/** Maximum size of a write to a pipe that is atomic. */
const atomicBytes = 4096;

/**
 * The standard output and error of the process. A reader that closes the pipe halfway, such as `head`, is
 * not an error. Failed writes to standard error are ignored. `onLost` is called once when standard output
 * cannot be written, and when its reader closed the pipe before it read anything.
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
    drained: () => drained(stdout),
    isReaderGone: () => isReaderGone,
  };
}

/** Also resolves when the stream closes or fails, because it never drains then. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (!stream.writableNeedDrain || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of endings) stream.removeListener(event, done);
      resolve();
    };
    for (const event of endings) stream.on(event, done);
  });
}

const endings = ['drain', 'close', 'error'] as const;

/**
 * A terminal that removes keys. On standard error it also removes everything else that looks like a
 * secret. Answers on standard output keep it.
 */
export function redactingTerminal(terminal: Terminal, redactor: Redactor): Terminal {
  return {
    ...terminal,
    out: (text) => terminal.out(redactor.hideKeys(text)),
    err: (text) => terminal.err(redactor.hideSecrets(text)),
  };
}
