import { createInterface } from 'node:readline';

/** Where a question is asked and answered. */
export interface QuestionStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Asks a person at the terminal. Anything but a clear yes is a no: Ctrl+C and a closed input, too. */
export function askYesNo(question: string, streams: QuestionStreams): Promise<boolean> {
  const lines = createInterface(streams);
  return new Promise((resolve) => {
    lines.once('close', () => resolve(false));
    lines.once('SIGINT', () => lines.close());
    lines.question(`${question} [y/N] `, (answer) => {
      resolve(/^\s*y(?:es)?\s*$/i.test(answer));
      lines.close();
    });
  });
}
