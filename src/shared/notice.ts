/** A question that waits for the user. Views show it until it is answered or out of date. */
export interface Notice {
  readonly id: string;
  readonly text: string;
  /** The labels of its buttons. */
  readonly choices: readonly string[];
  /** The run that it is about, whose own results show the same in a strip of their own. */
  readonly runId?: string;
}
