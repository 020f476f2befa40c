/** What a VS Code needs to run the compiled tests. All paths are absolute. */
export interface HostOptions {
  /** The folder of the extension. */
  readonly extension: string;
  /** Folders of further extensions that the tests work with. */
  readonly companions?: readonly string[];
  /** The compiled module whose `run()` runs the tests. */
  readonly tests: string;
  /** The folder to open; the tests may change it. */
  readonly workspace: string;
  /** Environment variables for the tests. */
  readonly env: Readonly<Record<string, string>>;
}

/** A VS Code that is running the tests. */
export interface TestHost {
  /** Resolves when the tests cannot report any more, with why, for a person. */
  readonly ended: Promise<string>;
  /** The last lines that VS Code has written, to find out why the tests did not run. */
  diagnosis(): string;
  stop(): Promise<void>;
}

/** The end of what was written, short enough to read. */
export function lastLines(lines: readonly string[]): readonly string[] {
  return lines.slice(-15);
}
