/** A remedy that is offered with an error, as a button. */
export interface Remedy {
  readonly title: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}

/** An error whose message is fit for a person, with commands that mend it. */
export class HostError extends Error {
  // The name by which errors for people are known everywhere, whatever bundle they come from.
  override readonly name = 'UserError';
  readonly remedies: readonly Remedy[];

  constructor(message: string, remedies: readonly Remedy[] = []) {
    super(message);
    this.remedies = remedies;
  }
}
