import { createInterface } from 'node:readline';

/** Where a question is asked and answered. */
export interface QuestionStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Asks the user at the terminal. Anything but `y` or `yes` is a no, Ctrl+C and a closed input included. */
export function askYesNo(question: string, streams: QuestionStreams): Promise<boolean> {
  const lines = createInterface(streams);
  return new Promise((resolve) => {
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => {
      // The next message starts on a new line.
      streams.output.write('\n');
      resolve(false);
    });
    lines.question(`${question} [y/N] `, (answer) => {
      lines.removeAllListeners('close');
      lines.close();
      resolve(/^\s*y(?:es)?\s*$/i.test(answer));
    });
  });
}
