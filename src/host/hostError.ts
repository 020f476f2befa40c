/** A button of an error message that runs a command. */
export interface Remedy {
  readonly title: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}

/** An error with a message for the user and buttons that help. */
export class HostError extends Error {
  // `isUserError` checks the name, because classes differ between bundles.
  override readonly name = 'UserError';
  readonly remedies: readonly Remedy[];

  constructor(message: string, remedies: readonly Remedy[] = []) {
    super(message);
    this.remedies = remedies;
  }
}
