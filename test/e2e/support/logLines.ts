/** A parsed line of the log. */
export interface LogLine {
  readonly run: number;
  /** 1 for the first conversation; undefined for lines about the whole run. */
  readonly conversation: number | undefined;
  readonly text: string;
}

const form =
  /^\d{2}:\d{2}\.\d{3} {2}r(\d+) {2}(?:p(\d+)|all)\/\d+ +(?:\S+ {2,})?(?:t\d+ +)?(\S .*)$/;

/** Parses the lines of the log. Throws for a malformed line. */
export function parseLog(log: string): readonly LogLine[] {
  const lines = log.split(/\r?\n/).filter((line) => line !== '');
  return lines.map((line) => {
    const [, run, conversation, text] = form.exec(line) ?? [];
    if (text === undefined) throw new Error(`Malformed log line: ${line}`);
    const number = conversation === undefined ? undefined : Number(conversation);
    return { run: Number(run), conversation: number, text };
  });
}

/** The conversations of a run's tool calls, in start order. */
export function callOrder(lines: readonly LogLine[], run: number): readonly number[] {
  return lines.flatMap((line) =>
    line.run === run && line.conversation !== undefined && line.text.startsWith('→ ')
      ? [line.conversation]
      : [],
  );
}

/** Whether each of two conversations has a call after one of the other's. */
export function alternate(order: readonly number[], one: number, other: number): boolean {
  return (
    order.indexOf(one) < order.lastIndexOf(other) && order.indexOf(other) < order.lastIndexOf(one)
  );
}
